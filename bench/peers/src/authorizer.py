"""The authorizer as one writes it for Python: boto3 and cryptography, over the same items of the same table."""

import base64
import hashlib
import hmac
import json
import os
import random
import re
import sys
import time
import zlib

import boto3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from runtime import Refused, bearer, policy, serve

TABLE = os.environ["TABLE_NAME"]
CLIENT = boto3.client("dynamodb")
DIGITS = {digit: value for value, digit in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")}

# The public keys, read once during init as ours are.
PUBLISHED = CLIENT.get_item(TableName=TABLE, Key={"pk": {"S": "JWKS"}, "sk": {"S": "JWKS"}}, ConsistentRead=True)["Item"]
ISSUER = PUBLISHED["base_url"]["S"]
KEYS = {
    key["M"]["id"]["S"]: ec.EllipticCurvePublicNumbers(
        int.from_bytes(key["M"]["x"]["B"], "big"), int.from_bytes(key["M"]["y"]["B"], "big"), ec.SECP256R1()
    ).public_key()
    for key in PUBLISHED["keys"]["L"]
}


def number(text):
    """The value of base62 digits."""
    value = 0
    for digit in text:
        value = value * 62 + DIGITS[digit]
    return value


def api_key(text):
    """What an API key names, or None."""
    if not re.fullmatch(r"qarion_[0-9A-Za-z]{83}", text):
        return None
    body = text[:-6]
    if number(text[-6:]) != zlib.crc32(body.encode()):
        return None
    words = re.findall(".{11}", body.removeprefix("qarion_"))
    secret = b"".join(number(word).to_bytes(8, "big") for word in words[3:])
    return {
        "organization": f"org_{words[0]}",
        "user": f"usr_{words[1]}",
        "id": f"key_{words[2]}",
        "sk": f"KEY#key_{words[2]}",
        "hash": hashlib.sha256(secret).digest(),
    }


def decoded(part):
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def session(text, now):
    """What a session token names, or None."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    header = json.loads(decoded(parts[0]))
    key = KEYS.get(header.get("kid"))
    if header.get("alg") != "ES256" or header.get("typ") != "at+jwt" or key is None:
        return None
    signature = decoded(parts[2])
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), f"{parts[0]}.{parts[1]}".encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return None
    claims = json.loads(decoded(parts[1]))
    if claims["iss"] != ISSUER or claims["aud"] != ISSUER or claims["exp"] <= now:
        return None
    names = {"organization": claims["org"], "user": claims["sub"], "id": claims["sid"]}
    return names | {"sk": f"SESSION#{claims['sid']}", "issued": claims["iat"]}


def holds(credential, found, now):
    """Whether the credential is good by what was read."""
    user = found.get((f"USER#{credential['user']}", "PROFILE"))
    stored = found.get((f"USER#{credential['user']}", credential["sk"]))
    rules = next((item for (_, sk), item in found.items() if sk == "POLICY"), None)
    if not user or not stored or not rules or user["disabled"]["BOOL"]:
        return False
    if user["organization"]["S"] != credential["organization"]:
        return False
    if "hash" in credential:
        if not hmac.compare_digest(stored["hash"]["B"], credential["hash"]):
            return False
        ends = stored["ends_at"].get("N")
        if "N" in stored["revoked_at"] or (ends and int(ends) <= now):
            return False
        return rules["api_keys_allowed"]["BOOL"] and stored["epoch"]["N"] == user["key_epoch"]["N"]
    if int(stored["expires_at"]["N"]) <= now or now - credential["issued"] >= int(rules["session_seconds"]["N"]):
        return False
    return stored["epoch"]["N"] == user["session_epoch"]["N"]


def handle(event):
    """The gateway's answer."""
    now = int(time.time())
    text = bearer(event)
    credential = text and (session(text, now) if "." in text else api_key(text))
    line = {"decision": "unauthorized", "method": event["httpMethod"], "route": event["resource"]}
    if not credential:
        print(json.dumps(line), file=sys.stderr)
        raise Refused
    user, organization = credential["user"], credential["organization"]
    space = (event.get("pathParameters") or {}).get("space")
    keys = [(f"USER#{user}", credential["sk"]), (f"USER#{user}", "PROFILE")]
    keys.append((f"ORG#{organization}#{random.randrange(16)}", "POLICY"))
    if space:
        keys += [(f"ORG#{organization}", f"SPACE#{space}"), (f"USER#{user}", f"SPACE#{space}")]
    asked = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
    answer = CLIENT.batch_get_item(RequestItems={TABLE: {"Keys": asked, "ConsistentRead": True}})
    if answer.get("UnprocessedKeys"):
        raise RuntimeError("throttled")
    found = {(item["pk"]["S"], item["sk"]["S"]): item for item in answer["Responses"][TABLE]}
    if not holds(credential, found, now):
        print(json.dumps(line), file=sys.stderr)
        raise Refused
    admin = found[(f"USER#{user}", "PROFILE")]["organization_role"]["S"] == "admin"
    allowed = not space or admin or (f"USER#{user}", f"SPACE#{space}") in found
    line |= {"decision": "allow" if allowed else "forbidden", "cred": credential["id"], "user": user}
    print(json.dumps(line), file=sys.stderr)
    context = {"user": user, "organization": organization, "credential": credential["id"]}
    return policy(event["methodArn"], user, context if allowed else None)


serve(handle)
