"""The template as CloudFormation gets to see it: the OpenAPI document included, then SAM expanded."""

import copy
import functools
import os
import pathlib

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

INFRA = pathlib.Path(__file__).parent.parent
REPOSITORY = INFRA.parent

METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}

# SAM asks IAM for the ARNs of AWS's own policies. This is the one that CodeDeploy's role takes.
MANAGED_POLICIES = {
    name: f"arn:aws:iam::aws:policy/service-role/{name}"
    for name in ("AWSCodeDeployRoleForLambda", "AWSCodeDeployRoleForLambdaLimited")
}

PARAMETERS = {"ReleaseId": "release1", "AdminEmail": "owner@example.test"}


class ManagedPolicies:
    def load(self):
        return MANAGED_POLICIES


@functools.cache
def template():
    """infra/template.yaml, read."""
    return yaml_parse((INFRA / "template.yaml").read_text())


def aliased():
    """The functions that the gateway invokes: each but setup, which CloudFormation calls."""
    resources = template()["Resources"].items()
    return [name for name, each in resources if each.get("Properties", {}).get("AutoPublishAlias") == "live"]


@functools.cache
def openapi():
    """infra/openapi.yaml, read."""
    return yaml.safe_load((INFRA / "openapi.yaml").read_text())


def scheme():
    """The security scheme of every guarded operation."""
    return openapi()["components"]["securitySchemes"]["caller"]


def authorizer():
    """How the gateway asks the authorizer."""
    return scheme()["x-amazon-apigateway-authorizer"]


def expand(included=True, **parameters):
    """The template after AWS::Include and SAM. CloudFormation includes first, so SAM sees the document;
    `included=False` is what other tools do."""
    source = copy.deepcopy(template())
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    if included:
        source["Resources"]["Api"]["Properties"]["DefinitionBody"] = copy.deepcopy(openapi())
    # SAM asks which partition it is in.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    return transform(source, {**PARAMETERS, **parameters}, ManagedPolicies())


def of_type(expanded, kind):
    """The resources of a type, by logical id."""
    return {name: found for name, found in expanded["Resources"].items() if found["Type"] == kind}


def operations():
    """(method in capitals, path, operation) of each operation."""
    for path, item in openapi()["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path, operation


def as_list(value):
    return value if isinstance(value, list) else [value]
