"""Deploys one environment of samconfig.toml: what people and the workflow both call.

    python infra/deploy/deploy.py staging ReleaseId=r7 AdminEmail=owner@example.com
    python infra/deploy/deploy.py --plan production ReleaseId=r8    (shows the changes, executes nothing)

Name=Value pairs are added to the environment's parameters, or replace the one of that name; `sam deploy` on
its own would drop the others. Parameters that are not given keep the value they have in the stack. The
binaries are those in target/lambda; account and region are those of the AWS credentials in use.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib

INFRA = pathlib.Path(__file__).resolve().parent.parent
FUNCTIONS = INFRA.parent / "functions"
BINARIES = INFRA.parent / "target" / "lambda"


def main():
    arguments = parse_arguments()
    environments = tomllib.loads((INFRA / "samconfig.toml").read_text())
    environments.pop("version")
    if arguments.environment not in environments:
        fail(f"no environment is called {arguments.environment}; there are {', '.join(environments)}")
    settings = environments[arguments.environment]["deploy"]["parameters"]

    parameters = merged(settings["parameter_overrides"], arguments.parameters)
    if "ReleaseId" not in parameters:
        fail("give ReleaseId=<up to ten letters and digits>, another at each deployment")
    for folder in sorted(each.parent.name for each in FUNCTIONS.glob("*/Cargo.toml")):
        if not (BINARIES / folder / "bootstrap").is_file():
            fail(f"target/lambda/{folder}/bootstrap is not there: build for AWS first")
    if not shutil.which("sam"):
        fail("sam is not there: pip install --no-deps --require-hashes --requirement infra/deploy/requirements.txt")

    deploy(arguments.environment, parameters, plan=arguments.plan)
    if not arguments.plan:
        report(settings["stack_name"])


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plan", action="store_true", help="show the changes, execute nothing")
    parser.add_argument("environment", help="of infra/samconfig.toml")
    parser.add_argument("parameters", nargs="*", metavar="Name=Value", help="parameters of the template")
    return parser.parse_args()


def merged(*lists):
    """The pairs of all lists by name. The last of a name counts."""
    pairs = {}
    for pair in (each for some in lists for each in some):
        name, equals, value = pair.partition("=")
        if not (name and equals):
            fail(f"{pair} is not Name=Value")
        pairs[name] = value
    return pairs


def deploy(environment, parameters, plan):
    command = ["sam", "deploy", "--config-file", INFRA / "samconfig.toml", "--config-env", environment]
    command += ["--no-execute-changeset"] if plan else []
    command += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
    done = subprocess.run([str(part) for part in command], cwd=INFRA, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def report(stack):
    """Prints the stack's outputs, and gives the address to the workflow."""
    # Comes with sam.
    import boto3

    outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    for output in outputs:
        print(f"{output['OutputKey']}: {output['OutputValue']}")
        if output["OutputKey"] == "BaseUrl" and "GITHUB_OUTPUT" in os.environ:
            with open(os.environ["GITHUB_OUTPUT"], "a") as file:
                print(f"url={output['OutputValue']}", file=file)


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
