"""What MiniStack does otherwise than AWS, each worked around here and nowhere else.

What it refuses altogether (rotation schedules, resource policies of secrets, WAF associations, CodeDeploy)
is switched off in parameters.yaml. Some things have no remedy, and need none here:

- without caching it calls the authorizer also where the identity source is missing, and the authorizer refuses;
- models are not read, and judge nothing;
- a mapping of a stream ignores `batchItemFailures` and `MaximumRetryAttempts`: only a failure of the whole function
  is repeated, once a second until the record is too old;
- `RotateSecret` calls no function: a rotation is its four steps, invoked one by one.
"""

import collections
import json
import urllib.parse


def tell_transform(template, parameters):
    """MiniStack expands AWS::Serverless without the parameters' values, and the transform refuses what it
    cannot resolve. It does read defaults, so the values become those. AWS hands the values to the transform:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-serverless.html
    """
    for name, value in parameters.items():
        template["Parameters"][name]["Default"] = value


def drop_unsupported(template):
    """MiniStack refuses an alarm over more than one metric. Nothing refers to one, and nobody watches here:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-cloudwatch-alarm-metricdataquery.html
    """
    template["Resources"] = {
        name: resource
        for name, resource in template["Resources"].items()
        if not (resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"])
    }


def tell_address(template, endpoint):
    """On AWS an API answers at https://<api>.execute-api.<region>.amazonaws.com:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
    Here it is a name under localhost, which browsers resolve and take for a secure place. It is the issuer of the
    tokens, leads the links in mails, and is the origin whose pages may use the refresh cookie."""
    here = origin(endpoint, "${Api}")
    there = "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
    properties = template["Resources"]["Setup"]["Properties"]
    properties["BaseUrl"] = replaced(properties["BaseUrl"], there, here)
    output = template["Outputs"]["BaseUrl"]
    output["Value"] = replaced(output["Value"], there, here)


def origin(endpoint, api):
    return f"http://{api}.execute-api.localhost:{urllib.parse.urlsplit(endpoint).port}"


def replaced(node, old, new):
    if isinstance(node, str):
        return node.replace(old, new)
    if isinstance(node, dict):
        return {key: replaced(value, old, new) for key, value in node.items()}
    return [replaced(each, old, new) for each in node]


def finish_import(apigateway, api, stage, openapi, parameters):
    """MiniStack reads less of an OpenAPI document than AWS does: what it passes over is put here, and acts
    after a new deployment of the stage."""
    put_gateway_responses(apigateway, api, openapi, parameters)
    put_mock_integrations(apigateway, api, openapi, parameters)
    apigateway.create_deployment(restApiId=api, stageName=stage)


def put_gateway_responses(apigateway, api, openapi, parameters):
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-gateway-responses.html"""
    for kind, response in openapi.get("x-amazon-apigateway-gateway-responses", {}).items():
        request = {"restApiId": api, "responseType": kind}
        if "statusCode" in response:
            request["statusCode"] = str(response["statusCode"])
        for field in ("responseParameters", "responseTemplates"):
            if field in response:
                request[field] = substitute_all(response[field], parameters)
        apigateway.put_gateway_response(**request)


def put_mock_integrations(apigateway, api, openapi, parameters):
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html

    Of an integration it keeps type and address: a mock has no templates and no responses."""
    paginator = apigateway.get_paginator("get_resources")
    resources = {item["path"]: item["id"] for page in paginator.paginate(restApiId=api) for item in page["items"]}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            integration = operation.get("x-amazon-apigateway-integration", {}) if isinstance(operation, dict) else {}
            if integration.get("type") != "mock":
                continue
            where = {"restApiId": api, "resourceId": resources[path], "httpMethod": method.upper()}
            apigateway.put_integration(**where, type="MOCK", requestTemplates=integration["requestTemplates"])
            for pattern, response in integration["responses"].items():
                headers = substitute_all(response.get("responseParameters", {}), parameters)
                status = {**where, "statusCode": str(response["statusCode"])}
                apigateway.put_method_response(**status, responseParameters=dict.fromkeys(headers, False))
                apigateway.put_integration_response(
                    **status,
                    selectionPattern="" if pattern == "default" else pattern,
                    responseParameters=headers,
                )


def substitute_all(values, parameters):
    return {name: substitute(value, parameters) for name, value in values.items()}


def substitute(value, parameters):
    """Resolves the little of CloudFormation that stands in such places: Ref and Fn::Sub of parameters."""
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return str(parameters[value["Ref"]])
    if "Fn::Sub" in value and isinstance(value["Fn::Sub"], str):
        text = value["Fn::Sub"]
        for name, replacement in parameters.items():
            text = text.replace("${" + name + "}", str(replacement))
        return text
    raise SystemExit(f"the OpenAPI document has what the local deployment cannot resolve: {json.dumps(value)}")


def url(endpoint, api, stage):
    """Where the stage answers. On AWS it is https://<api>.execute-api.<region>.amazonaws.com/<stage>:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
    MiniStack knows that form too, but as a name under localhost, which neither Python nor Node resolves."""
    return f"{endpoint}/restapis/{api}/{stage}/_user_request_"


def console_url(endpoint, api, stage):
    """Where browsers find the console: at the base URL, whose pages may use the refresh cookie. Cookies ignore ports,
    and the API's id keeps those of two systems apart."""
    return f"{origin(endpoint, api)}/{stage}/console/"


def identified(events):
    """Log events, each with what tells it from the others: MiniStack gives them no `eventId`.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
    """
    count = collections.Counter()
    for event in events:
        key = (event["logStreamName"], event["timestamp"], event["message"])
        count[key] += 1
        yield (*key, count[key]), event
