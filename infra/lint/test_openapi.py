"""The OpenAPI document, and the document against the template."""

import fnmatch
import json
import re

import pytest

import stack

OPERATIONS = list(stack.operations())
FUNCTIONS = [each for each in OPERATIONS if each[2]["x-amazon-apigateway-integration"]["type"] != "mock"]
URI = re.compile(
    r"arn:\$\{AWS::Partition\}:apigateway:\$\{AWS::Region\}:lambda:path/2015-03-31"
    r"/functions/\$\{(\w+)Function\.Arn\}:live/invocations"
)

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
GATEWAY_RESPONSES = {
    "ACCESS_DENIED": "403",
    "API_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_CONFIGURATION_ERROR": "503",
    "AUTHORIZER_FAILURE": "503",
    "BAD_REQUEST_BODY": "400",
    "BAD_REQUEST_PARAMETERS": "400",
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "EXPIRED_TOKEN": "401",
    "INTEGRATION_FAILURE": "503",
    "INTEGRATION_TIMEOUT": "504",
    "INVALID_API_KEY": "403",
    "INVALID_SIGNATURE": "404",
    "MISSING_AUTHENTICATION_TOKEN": "404",
    "QUOTA_EXCEEDED": "429",
    "REQUEST_TOO_LARGE": "413",
    "RESOURCE_NOT_FOUND": "404",
    "THROTTLED": "429",
    "UNAUTHORIZED": "401",
    "UNSUPPORTED_MEDIA_TYPE": "415",
    "WAF_FILTERED": "403",
}


def name(operation):
    return f"{operation[0]} {operation[1]}" if isinstance(operation, tuple) else None


def function(operation):
    return URI.fullmatch(operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"])[1]


def invoked_by(path, method):
    """The stems whose permission lets the gateway invoke them for this route."""
    for permission in stack.template()["Resources"].values():
        if permission["Type"] != "AWS::Lambda::Permission" or "SourceArn" not in permission["Properties"]:
            continue
        source = permission["Properties"]["SourceArn"].get("Fn::Sub", "")
        prefix = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${StageName}/"
        route = f"{method}{re.sub(r'{[^}]*}', '*', path)}"
        if source.startswith(prefix) and fnmatch.fnmatchcase(route, source.removeprefix(prefix)):
            yield permission["Properties"]["FunctionName"]["Ref"].removesuffix("Function.Alias")


@pytest.mark.parametrize("route", FUNCTIONS, ids=name)
def test_each_operation_is_invoked_through_the_alias_of_a_function(route):
    _, _, operation = route
    integration = operation["x-amazon-apigateway-integration"]
    assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")
    assert f"{function(operation)}Function" in stack.template()["Resources"]


@pytest.mark.parametrize("route", FUNCTIONS, ids=name)
def test_each_operation_may_invoke_its_function(route):
    method, path, operation = route
    assert function(operation) in invoked_by(path, method), "the gateway would answer 500"


def test_the_gateway_may_ask_the_authorizer_through_its_alias():
    scheme, authorizer = stack.scheme(), stack.authorizer()
    assert scheme["x-amazon-apigateway-authtype"] == "custom" and authorizer["type"] == "request"
    assert URI.fullmatch(authorizer["authorizerUri"]["Fn::Sub"])[1] == "Authorizer"
    permission = stack.template()["Resources"]["AuthorizerPermission"]["Properties"]
    assert permission["SourceArn"]["Fn::Sub"].endswith("${Api}/authorizers/*")


def test_a_cached_decision_cannot_leak_to_another_route_or_address():
    authorizer = stack.authorizer()
    condition, cached, uncached = authorizer["identitySource"]["Fn::If"]
    assert condition == "AuthorizerCache"
    assert set(cached.split(", ")) == {
        "method.request.header.Authorization",
        "context.httpMethod",
        "context.path",
        "context.identity.sourceIp",
    }
    assert uncached == "method.request.header.Authorization"
    seconds = authorizer["authorizerResultTtlInSeconds"]
    assert seconds == {"Fn::If": ["AuthorizerCache", {"Ref": "AuthorizerCacheSeconds"}, 0]}


@pytest.mark.parametrize("route", OPERATIONS, ids=name)
def test_the_gateway_guards_what_is_not_public_and_nothing_else(route):
    _, _, operation = route
    guarded = operation.get("security") == [{"caller": []}]
    assert guarded == (operation["x-qarion-access"] != "public")


def test_no_route_is_guarded_by_default_only():
    assert "security" not in stack.openapi(), "what is public says nothing, what is not says so itself"


def test_each_path_answers_a_preflight():
    for path, item in stack.openapi()["paths"].items():
        answer = item["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
        headers = answer["responseParameters"]
        methods = headers["method.response.header.Access-Control-Allow-Methods"].strip("'").split(",")
        assert set(methods) == {method.upper() for method in item if method in stack.METHODS}, path


def test_the_allowed_origin_may_send_cookies_to_the_routes_that_read_them_and_to_no_other():
    for path, item in stack.openapi()["paths"].items():
        answer = item["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
        allowed = answer["responseParameters"].get("method.response.header.Access-Control-Allow-Credentials")
        # Also where a first password is changed: its answer sets the cookie of the session that follows.
        reads = path.startswith("/auth/") or path == "/users/me/password"
        assert allowed == ("'true'" if reads else None), path


def test_no_origin_is_every_origin():
    assert stack.template()["Parameters"]["AllowedOrigin"]["AllowedPattern"] == r"^https?://[^/\s'*]+$"
    sent = []

    def visit(node):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if str(key).endswith("response.header.Access-Control-Allow-Origin"):
                sent.append(value)
            elif isinstance(value, dict | list):
                visit(value)

    visit(stack.openapi())
    assert len(sent) == len(GATEWAY_RESPONSES) + len(stack.openapi()["paths"])
    assert all(value == {"Fn::Sub": "'${AllowedOrigin}'"} for value in sent)


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("route", FUNCTIONS, ids=name)
def test_each_operation_documents_what_can_go_wrong(route):
    _, path, operation = route
    statuses = set(operation["responses"])
    assert {"429", "500", "503", "504"} <= statuses
    if operation["x-qarion-access"] != "public":
        assert {"401", "403"} <= statuses
    if "requestBody" in operation:
        assert {"400", "413", "415", "422"} <= statuses
    for status, response in operation["responses"].items():
        if status >= "400":
            schema = response["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}, f"{path} {status}"


def test_objects_name_all_their_members():
    def visit(node, where):
        if isinstance(node, dict):
            # A map, whose members' names are data, says what their values are instead.
            if node.get("type") == "object" and "properties" not in node:
                assert node["additionalProperties"]["type"] in ("integer", "string"), where
            elif node.get("type") == "object":
                assert node.get("additionalProperties") is False, where
                assert set(node.get("required", [])) <= set(node["properties"]), where
            for key, value in node.items():
                visit(value, f"{where}/{key}")
        elif isinstance(node, list):
            for value in node:
                visit(value, where)

    visit(stack.openapi()["components"]["schemas"], "schemas")


def test_references_lead_to_schemas_that_are_used():
    text = json.dumps(stack.openapi())
    used = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', text))
    assert used == set(stack.openapi()["components"]["schemas"])
    all_references, to_schemas = text.count('"$ref"'), text.count('"$ref": "#/components/schemas/')
    assert all_references == to_schemas, "the gateway imports no other reference"


def test_every_error_of_the_gateway_is_ours():
    responses = stack.openapi()["x-amazon-apigateway-gateway-responses"]
    assert {kind: each.get("statusCode") for kind, each in responses.items()} == GATEWAY_RESPONSES


@pytest.mark.parametrize("kind", GATEWAY_RESPONSES)
def test_a_gateway_response_looks_like_a_functions(kind):
    response = stack.openapi()["x-amazon-apigateway-gateway-responses"][kind]
    parameters = response["responseParameters"].items()
    headers = {key.removeprefix("gatewayresponse.header."): value for key, value in parameters}
    assert headers["Cache-Control"] == "'no-store'"
    assert headers["Access-Control-Allow-Origin"] == {"Fn::Sub": "'${AllowedOrigin}'"}
    # A page that sends cookies cannot read an answer without it, and the gateway knows no paths here.
    assert headers["Access-Control-Allow-Credentials"] == "'true'"
    assert headers["Vary"] == "'Origin'"
    assert headers["Strict-Transport-Security"] == "'max-age=31536000'"
    assert headers["X-Content-Type-Options"] == "'nosniff'"
    assert ("WWW-Authenticate" in headers) == (response.get("statusCode") == "401")
    assert ("Retry-After" in headers) == (response.get("statusCode") in ("429", "503"))
    assert list(response["responseTemplates"]) == ["application/json"]
    body = json.loads(response["responseTemplates"]["application/json"])
    assert list(body) == ["detail"]


def test_a_client_never_drops_a_good_credential_because_we_failed():
    responses = stack.openapi()["x-amazon-apigateway-gateway-responses"]
    for kind in ("AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR", "INTEGRATION_FAILURE"):
        assert responses[kind]["statusCode"] == "503"


def test_the_access_log_holds_no_credential():
    settings = stack.template()["Resources"]["Api"]["Properties"]["AccessLogSetting"]["Fn::If"][1]
    fields = json.loads(settings["Format"])
    for value in fields.values():
        assert not re.search(r"header|querystring|body|requestOverride", value, re.IGNORECASE), value
