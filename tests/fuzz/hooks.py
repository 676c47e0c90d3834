"""What Schemathesis does not know of this API: how one gets a credential, and who must not be fuzzed away.

QARION_STACK names the stack.json of the system under test, QARION_CREDENTIAL the role whose session is used.
"""

import json
import os
import random
import time
import urllib.request

import schemathesis

with open(os.environ["QARION_STACK"], encoding="utf-8") as file:
    STACK = json.load(file)
ROLE = os.environ["QARION_CREDENTIAL"]
(USER,) = [user for user in STACK["users"] if user["role"] == ROLE]
# In the form of ids, and of nobody.
NOBODY = "usr_00000000000"
# How long a session is used, in seconds: less than the shortest life that a policy can give a token.
RENEW = 200


def call(method, path, token=None, body=None):
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(STACK["url"] + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def log_in():
    body = {"email": USER["email"], "password": USER["password"]}
    return call("POST", "/auth/login", body=body)["access_token"]


@schemathesis.auth(refresh_interval=RENEW)
class Session:
    def get(self, case, ctx):
        return log_in()

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


def known():
    """Ids of things that are there: what is random alone is answered with 404 and goes no further."""
    token = log_in()
    me = call("GET", "/users/me", token)["id"]
    found = {"me": me, "space": ["sales"], "user": [], "key": [], "account": []}
    if ROLE == "admin":
        mark = f"{time.time_ns():x}"
        for number in range(8):
            body = {"email": f"fuzz-{mark}-{number}@example.test", "name": f"Fuzz {number}"}
            found["user"].append(call("POST", "/admin/users", token, body)["user"]["id"])
            account = call("POST", "/admin/service-accounts", token, {"name": f"Fuzz {number}"})["id"]
            found["account"].append(account)
            slug = f"fuzz-{mark}-{number}"
            call("POST", "/admin/spaces", token, {"slug": slug, "name": slug})
            found["space"].append(slug)
            path = f"/admin/service-accounts/{account}/api-keys"
            found["key"].append(call("POST", path, token, {"name": "fuzz"})["id"])
    return found


KNOWN = known()
RANDOM = random.Random(1)


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    """The gateway spells a parameter that takes what is left of the path with a plus, and its name without."""
    raw_schema["paths"] = {path.replace("+}", "}"): item for path, item in raw_schema["paths"].items()}


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    """Half of the ids are of something that is there."""
    path = ctx.operation.path
    for name in path_parameters or {}:
        kind = {"space": "space", "user": "user", "key": "key"}.get(name)
        if name == "id":
            kind = "account" if "service-accounts" in path else "user" if "users/{id}" in path else None
        if kind and KNOWN[kind] and RANDOM.random() < 0.5:
            path_parameters[name] = RANDOM.choice(KNOWN[kind])
    return path_parameters


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Whoever asks would be disabled, deleted or signed out by what comes, and the rest of the run with it."""
    for name, value in (case.path_parameters or {}).items():
        if value == KNOWN["me"]:
            case.path_parameters[name] = NOBODY
