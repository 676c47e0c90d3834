"""Verifies a session token as a resource server does that knows nothing of us but where the key set is.

Usage: verify.py ISSUER KEYS NOW < token

KEYS is the address of the key set, NOW the time in seconds since 1970: the tests have a clock of their own. Prints
the claims as JSON, or the reason of a refusal and exits with 1.
"""

import json
import sys
import urllib.request

from joserfc import errors, jwk, jwt


def verify(token, issuer, keys, now):
    # Only this algorithm, whatever the header says; the key is that of the header's `kid`.
    decoded = jwt.decode(token, keys, algorithms=["ES256"])
    if "kid" not in decoded.header:
        raise errors.InvalidTokenError("names no key")
    # RFC 9068 section 4: so that no other kind of token of the same issuer passes.
    if decoded.header.get("typ") != "at+jwt":
        raise errors.InvalidTokenError("not an access token")
    required = {name: {"essential": True} for name in ("sub", "sid", "org", "iat", "exp", "jti")}
    ours = {name: {"essential": True, "value": issuer} for name in ("iss", "aud")}
    jwt.JWTClaimsRegistry(now=now, leeway=0, **required, **ours).validate(decoded.claims)
    return decoded.claims


def main():
    issuer, address, now = sys.argv[1:]
    with urllib.request.urlopen(address, timeout=30) as answer:
        keys = jwk.KeySet.import_key_set(json.load(answer))
    try:
        claims = verify(sys.stdin.read(), issuer, keys, int(now))
    except (errors.JoseError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    print(json.dumps(claims))


if __name__ == "__main__":
    main()
