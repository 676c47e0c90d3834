"""The Lambda Runtime API, as small as it can be.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import http.client
import json
import os
import re

ROOT = "/2018-06-01/runtime/invocation"


class Refused(Exception):
    """401, by the message that the gateway knows."""


def serve(handle):
    """Answers events with `handle` until the process is ended."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", f"{ROOT}/next")
        got = connection.getresponse()
        text, request = got.read(), got.headers["lambda-runtime-aws-request-id"]
        try:
            path, body = "response", handle(json.loads(text))
        except Refused:
            path, body = "error", {"errorType": "Refused", "errorMessage": "Unauthorized"}
        connection.request("POST", f"{ROOT}/{request}/{path}", json.dumps(body))
        connection.getresponse().read()


def policy(method_arn, principal, context):
    """An Allow or a Deny of exactly what was asked for."""
    effect = "Deny" if context is None else "Allow"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": method_arn}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": principal, "policyDocument": document, "context": context or {}}


def bearer(event):
    """What stands behind `Bearer `, or None."""
    values = (event.get("multiValueHeaders") or {}).get("Authorization") or []
    match = re.fullmatch(r"(?i)Bearer ([\x21-\x7e]+)", values[0]) if len(values) == 1 else None
    return match and match[1]
