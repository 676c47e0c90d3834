"""Functions, their roles, log groups and invoke permissions."""

import fnmatch
import re

import pytest

import stack

STEMS = ["Authorizer", "Login", "Sessions", "UsersMe", "ApiKeys", "Catalog", "Wellknown", "Setup"]

# The transactions' own actions do not exist; what is under them does.
TABLE_ACTIONS = {
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
}
WRITES = {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}


def statements(stem):
    for policy in stack.template()["Resources"][f"{stem}Role"]["Properties"]["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def table_statements(stem):
    found = [each for each in statements(stem) if each["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}]
    assert found
    return found


def partitions(statement):
    """The patterns of the partitions that it is for."""
    condition = statement["Condition"]
    # ForAllValues alone passes where the key is absent.
    assert condition["Null"] == {"dynamodb:LeadingKeys": "false"}
    return condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]


def test_the_functions_are_those_of_the_repository():
    resources = stack.template()["Resources"]
    functions = {name for name, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}
    assert functions == {f"{stem}Function" for stem in STEMS}
    folders = {each.parent.name for each in (stack.REPOSITORY / "functions").glob("*/Cargo.toml")}
    code = {resources[name]["Properties"]["CodeUri"] for name in functions}
    named = {each.removeprefix("../target/lambda/").strip("/") for each in code}
    assert named == folders


@pytest.mark.parametrize("stem", STEMS)
def test_each_function_has_a_role_of_its_own(stem):
    function = stack.template()["Resources"][f"{stem}Function"]["Properties"]
    assert function["Role"] == {"Fn::GetAtt": [f"{stem}Role", "Arn"]}


@pytest.mark.parametrize("stem", STEMS)
def test_each_action_is_spelled_out(stem):
    for statement in statements(stem):
        assert "NotAction" not in statement and "NotResource" not in statement
        for action in stack.as_list(statement["Action"]):
            assert "*" not in action, action
            assert "Scan" not in action, "nothing scans"
            assert not action.startswith("dynamodb:") or action in TABLE_ACTIONS, action


@pytest.mark.parametrize("stem", STEMS)
def test_each_resource_is_named(stem):
    for statement in statements(stem):
        for resource in stack.as_list(statement["Resource"]):
            assert isinstance(resource, dict), f"{resource} is no reference to a resource of the stack"


def test_only_x_ray_has_no_resource_to_name(expanded):
    for name, resource in expanded["Resources"].items():
        policies = [each["PolicyDocument"] for each in resource["Properties"].get("Policies", [])]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            policies.append(resource["Properties"]["PolicyDocument"])
        for statement in (each for policy in policies for each in policy["Statement"]):
            if "*" in stack.as_list(statement["Resource"]):
                actions = stack.as_list(statement["Action"])
                assert all(action.startswith("xray:Put") for action in actions), name


def test_the_authorizer_reads_by_name_and_never_writes():
    (statement,) = table_statements("Authorizer")
    assert set(statement["Action"]) == {"dynamodb:BatchGetItem", "dynamodb:GetItem"}


@pytest.mark.parametrize("stem", STEMS)
def test_each_function_reaches_the_partitions_that_it_needs(stem):
    secret = {"PASSWORD#usr_1"} if stem in ("Login", "Setup") else set()
    for statement in table_statements(stem):
        for allowed in partitions(statement):
            assert "*" not in allowed.removesuffix("#*"), allowed
            for partition in ("PASSWORD#usr_1", "SESSIONSECRET#ses_1"):
                assert partition in secret or not fnmatch.fnmatchcase(partition, allowed), allowed


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem != "Setup"])
def test_only_setup_writes_what_is_published(stem):
    for statement in table_statements(stem):
        if WRITES & set(stack.as_list(statement["Action"])):
            assert "JWKS" not in partitions(statement)


def test_every_partition_is_one_that_the_store_spells():
    source = (stack.REPOSITORY / "shared/store/src/item.rs").read_text()
    spelled = {"JWKS", *re.findall(r'"([A-Z]+#)"', source)}
    for stem in STEMS:
        for statement in table_statements(stem):
            assert {allowed.removesuffix("*") for allowed in partitions(statement)} <= spelled, stem


def test_only_login_and_setup_reach_the_signing_keys():
    for stem in STEMS:
        secrets = [each for each in statements(stem) if "secretsmanager:" in str(each["Action"])]
        assert bool(secrets) == (stem in ("Login", "Setup")), stem
    policy = stack.template()["Resources"]["SigningSecretPolicy"]["Properties"]["ResourcePolicy"]
    login, setup = ({"Fn::GetAtt": [f"{stem}Role", "Arn"]} for stem in ("Login", "Setup"))
    read, write = policy["Statement"]
    assert read["Effect"] == write["Effect"] == "Deny"
    assert read["Action"] == "secretsmanager:GetSecretValue"
    assert read["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == [login, setup]
    assert "secretsmanager:PutSecretValue" in write["Action"]
    assert write["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == setup


@pytest.mark.parametrize("stem", STEMS)
def test_each_function_names_its_log_group_and_may_write_to_no_other(expanded, stem):
    logging = expanded["Resources"][f"{stem}Function"]["Properties"]["LoggingConfig"]
    assert logging == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "WARN",
        "LogGroup": {"Ref": f"{stem}LogGroup"},
    }
    writes = [each for each in statements(stem) if "logs:" in str(each["Action"])]
    assert [each["Resource"] for each in writes] == [{"Fn::GetAtt": [f"{stem}LogGroup", "Arn"]}]


def test_each_log_group_is_used_and_ends(expanded):
    used = {f"{stem}LogGroup" for stem in STEMS} | {"AccessLogGroup"}
    groups = stack.of_type(expanded, "AWS::Logs::LogGroup")
    assert set(groups) == used
    for name, group in groups.items():
        assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_permissions_name_the_alias(expanded):
    for name, permission in stack.of_type(expanded, "AWS::Lambda::Permission").items():
        assert permission["Properties"]["FunctionName"]["Ref"].endswith("FunctionAliaslive"), name
        assert permission["Properties"]["Principal"] == "apigateway.amazonaws.com"


def test_the_gateway_waits_for_the_code_of_its_routes(expanded):
    aliases = stack.of_type(expanded, "AWS::Lambda::Alias")
    assert set(expanded["Resources"]["Api"]["DependsOn"]) == set(aliases)


@pytest.mark.parametrize("kept", ["Table", "SigningSecret", "FirstAdminSecret"])
def test_what_cannot_be_made_again_is_retained(expanded, kept):
    resource = expanded["Resources"][kept]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_the_table_can_be_restored_and_expires_what_is_over(expanded):
    table = expanded["Resources"]["Table"]["Properties"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_the_index_carries_no_secret(expanded):
    (index,) = expanded["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
    projection = index["Projection"]
    assert projection["ProjectionType"] == "INCLUDE"
    assert not {"hash", "previous", "keys"} & set(projection["NonKeyAttributes"])
