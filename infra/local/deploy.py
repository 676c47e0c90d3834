"""Deploys infra/template.yaml to the cloud on this machine; `cargo xtask up` calls it.

1. Package: each function's binary and the OpenAPI document go to a bucket, and the template names them
   there, as `aws cloudformation package` does.
2. Deploy: a change set is created, executed and polled ten times a second. `aws cloudformation deploy`
   does the same, but looks every 30 seconds. The address that mails come from is made known to SES before, as
   whoever deploys to AWS has done.
3. Work around what MiniStack does otherwise than AWS: all of that is in differences.py.
4. Write what the other parts need to know to a JSON file: the addresses, the table, the log groups, the
   environment of the functions, where mails are shown.
"""

import argparse
import json
import pathlib
import sys
import time

import boto3
import botocore.exceptions

import differences
import package

POLL_SECONDS = 0.1
DEADLINE_SECONDS = 180
BUCKET = "qarion-artifacts"


def main():
    arguments = parse_arguments()
    session = boto3.Session(
        # MiniStack believes anybody. Given here, so that nobody's real credentials are ever sent.
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    )

    def client(service):
        return session.client(service, endpoint_url=arguments.endpoint)

    infra = pathlib.Path(arguments.template).parent
    s3 = client("s3")
    template = package.package(s3, BUCKET, pathlib.Path(arguments.template), pathlib.Path(arguments.binaries))
    parameters = {
        **package.load_yaml(infra / "local" / "parameters.yaml"),
        # The same content is the same release: a second `up` with nothing changed changes nothing.
        "ReleaseId": package.digest(template),
    }
    verify_sender(client("sesv2"), parameters["SenderAddress"])
    differences.drop_unsupported(template)
    differences.tell_transform(template, parameters)
    differences.tell_address(template, arguments.endpoint)
    url = package.upload_template(s3, BUCKET, template)
    deploy(client("cloudformation"), arguments.stack, url, parameters)

    described = describe(client("cloudformation"), arguments.stack)
    openapi = package.load_yaml(infra / "openapi.yaml")
    values = {name: spec.get("Default") for name, spec in template["Parameters"].items()}
    differences.finish_import(client("apigateway"), described["Api"], values["StageName"], openapi, values)

    functions = client("lambda")
    environment = {}
    for name in described["functions"]:
        configuration = functions.get_function_configuration(FunctionName=name)
        environment.update(configuration.get("Environment", {}).get("Variables", {}))
    result = {
        "url": differences.url(arguments.endpoint, described["Api"], values["StageName"]),
        "console_url": differences.console_url(arguments.endpoint, described["Api"], values["StageName"]),
        "table": described["Table"],
        "environment": environment,
        "log_groups": described["log_groups"],
        "first_admin": values["AdminEmail"],
        "mails": f"{arguments.endpoint}/_ministack/ses/messages",
    }
    pathlib.Path(arguments.output).write_text(json.dumps(result, indent=2))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", required=True, help="address of MiniStack")
    parser.add_argument("--template", required=True, help="infra/template.yaml")
    parser.add_argument("--binaries", required=True, help="folder with <function>/bootstrap")
    parser.add_argument("--stack", required=True, help="name of the stack")
    parser.add_argument("--output", required=True, help="JSON file to write")
    return parser.parse_args()


def verify_sender(ses, address):
    """On AWS whoever deploys has verified the address or its domain before; here it is verified at once."""
    try:
        ses.create_email_identity(EmailIdentity=address)
    except ses.exceptions.AlreadyExistsException:
        pass


def deploy(cloudformation, stack, template_url, parameters):
    """Creates or updates the stack and returns when it is there. Says which resource failed and why."""
    change_set = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=f"release-{time.time_ns()}",
        ChangeSetType="UPDATE" if exists(cloudformation, stack) else "CREATE",
        TemplateURL=template_url,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )["Id"]

    status = poll(
        lambda: cloudformation.describe_change_set(ChangeSetName=change_set, StackName=stack),
        lambda answer: answer["Status"] in ("CREATE_COMPLETE", "FAILED"),
    )
    if status["Status"] == "FAILED":
        reason = status.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            return
        fail(f"the change set was refused: {reason}")

    cloudformation.execute_change_set(ChangeSetName=change_set, StackName=stack)
    settled = poll(
        lambda: cloudformation.describe_stacks(StackName=stack)["Stacks"][0],
        lambda answer: not answer["StackStatus"].endswith("_IN_PROGRESS"),
    )
    if settled["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        explain(cloudformation, stack)
        fail(f"the stack ended in {settled['StackStatus']}: {settled.get('StackStatusReason', '')}")


def exists(cloudformation, stack):
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except botocore.exceptions.ClientError:
        return False
    return found["StackStatus"] not in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")


def explain(cloudformation, stack):
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack):
        for event in page["StackEvents"]:
            if event["ResourceStatus"].endswith("FAILED"):
                reason = event.get("ResourceStatusReason", "")
                print(f"{event['LogicalResourceId']}: {reason}", file=sys.stderr)


def describe(cloudformation, stack):
    """Physical names: of the API, the table, the functions, and which log group is whose."""
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    by_logical = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    log_groups = {}
    functions = []
    for resource in resources:
        logical, kind = resource["LogicalResourceId"], resource["ResourceType"]
        if kind == "AWS::Lambda::Function":
            functions.append(resource["PhysicalResourceId"])
        elif kind == "AWS::Logs::LogGroup" and logical.endswith("LogGroup"):
            log_groups[resource["PhysicalResourceId"]] = logical.removesuffix("LogGroup")
    return {
        "Api": by_logical["Api"],
        "Table": by_logical["Table"],
        "functions": functions,
        "log_groups": log_groups,
    }


def poll(ask, settled):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        answer = ask()
        if settled(answer):
            return answer
        if time.monotonic() > deadline:
            fail(f"not settled after {DEADLINE_SECONDS} s: {answer}")
        time.sleep(POLL_SECONDS)


def fail(message):
    print(message, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
