"""Functions, their roles, log groups and invoke permissions."""

import fnmatch
import json
import re

import pytest

import stack

# The functions that the gateway invokes, and the others.
ROUTED = ["Authorizer", "Login", "Sessions", "UsersMe", "ApiKeys", "Admin", "Spaces", "Import", "Audit", "UsageReport", "Catalog", "Wellknown", "Console"]
STEMS = [*ROUTED, "Mailer", "Rotation", "Setup", "Usage"]
# Those that ask the table nothing.
APART = {"Console"}

# Who may read what is as secret as a credential.
SECRET_PARTITIONS = {
    "PASSWORD#usr_1": {"Login", "Setup"},
    "SESSIONSECRET#ses_1": {"Login", "Sessions"},
}

# The one attribute of them that others may read.
HARMLESS = {"PASSWORD#*": "version", "SESSIONSECRET#*": "refreshed_at"}

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
# The table's stream has others. They do not reach the table.
STREAM_ACTIONS = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}
WRITES = {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}


def statements(stem):
    for policy in stack.template()["Resources"][f"{stem}Role"]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            # Under a condition, or not at all.
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def table_statements(stem):
    found = [each for each in statements(stem) if each["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}]
    assert bool(found) == (stem not in APART)
    return found


def partitions(statement):
    """The patterns of the partitions that it is for."""
    condition = statement["Condition"]
    # ForAllValues alone passes where the key is absent.
    assert condition["Null"]["dynamodb:LeadingKeys"] == "false"
    return condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]


def attributes(statement):
    """The attributes that it is for; `None` is all."""
    condition = statement["Condition"]
    if set(condition) == {"ForAllValues:StringLike", "Null"}:
        return None
    assert condition["Null"]["dynamodb:Attributes"] == "false"
    assert statement["Action"] in ("dynamodb:BatchGetItem", "dynamodb:GetItem")
    return condition["ForAllValues:StringEquals"]["dynamodb:Attributes"]


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
            known = TABLE_ACTIONS | (STREAM_ACTIONS if stem == "Mailer" else set())
            assert not action.startswith("dynamodb:") or action in known, action


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
        every = (each for policy in policies for each in policy["Statement"])
        for statement in (each["Fn::If"][1] if "Fn::If" in each else each for each in every):
            if "*" in stack.as_list(statement["Resource"]):
                actions = stack.as_list(statement["Action"])
                assert all(action.startswith("xray:Put") for action in actions), name


def test_the_authorizer_reads_by_name_and_never_writes():
    reads = {each["Action"]: partitions(each) for each in table_statements("Authorizer")}
    assert reads == {"dynamodb:BatchGetItem": ["ORG#*", "USER#*"], "dynamodb:GetItem": ["JWKS"]}


@pytest.mark.parametrize("stem", STEMS)
def test_each_function_reaches_the_partitions_that_it_needs(stem):
    for statement in table_statements(stem):
        for allowed in partitions(statement):
            assert "*" not in allowed.replace("#*#", "#").removesuffix("#*"), allowed
            for partition, readers in SECRET_PARTITIONS.items():
                # Who deletes a user deletes what it may not read, and who imports one adds it.
                actions = (stem, *stack.as_list(statement["Action"]))
                blind = actions[1:] == ("dynamodb:DeleteItem",) or actions == ("Import", "dynamodb:PutItem")
                if stem not in readers and not blind and fnmatch.fnmatchcase(partition, allowed):
                    assert attributes(statement) == ["pk", "sk", HARMLESS[allowed]], allowed


def test_who_counts_writes_counters_and_nothing_that_decides():
    written = {
        allowed
        for statement in table_statements("Usage")
        if WRITES & set(stack.as_list(statement["Action"]))
        for allowed in partitions(statement)
    }
    assert written == {"LASTUSED#*", "ORG#*#USAGE#*", "USAGE#*", "USAGE-BATCH#*"}
    deciding = ("ORG#org_1", "ORG#org_1#0", "USER#usr_1", "SPACE#spc_1", "JWKS", "PASSWORD#usr_1")
    assert not any(fnmatch.fnmatchcase(each, allowed) for each in deciding for allowed in written)


@pytest.mark.parametrize("stem", ["Admin", "Mailer"])
def test_who_makes_one_time_tokens_reads_of_a_password_its_version_alone(stem):
    reads = [each for each in table_statements(stem) if each["Action"] != "dynamodb:DeleteItem"]
    (statement,) = [each for each in reads if "PASSWORD#*" in partitions(each)]
    assert attributes(statement) == ["pk", "sk", "version"]


def test_what_happened_cannot_be_changed_or_deleted():
    for stem in STEMS:
        for statement in table_statements(stem):
            if "AUDIT#*" in partitions(statement):
                # The log's reader only reads; everybody else only adds.
                expected = "dynamodb:Query" if stem == "Audit" else "dynamodb:PutItem"
                assert stack.as_list(statement["Action"]) == [expected], stem


def test_who_tells_what_happened_knows_how_long_it_is_kept():
    variables = stack.template()["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["AUDIT_RETENTION_DAYS"] == {"Ref": "AuditRetentionDays"}
    for stem in STEMS:
        tells = any("AUDIT#*" in partitions(each) for each in table_statements(stem) if "Query" not in str(each["Action"]))
        code = stack.template()["Resources"][f"{stem}Function"]["Properties"]["CodeUri"]
        folder = stack.REPOSITORY / "functions" / code.removeprefix("../target/lambda/").strip("/")
        keeps = ".keeping_audit(config.audit_days)" in (folder / "src/main.rs").read_text()
        assert keeps == tells, stem


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem not in ("Rotation", "Setup")])
def test_only_setup_and_rotation_write_what_is_published(stem):
    for statement in table_statements(stem):
        if WRITES & set(stack.as_list(statement["Action"])):
            assert "JWKS" not in partitions(statement)


def test_every_partition_is_one_that_the_store_spells():
    source = (stack.REPOSITORY / "shared/store/src/item.rs").read_text()
    spelled = {"JWKS", *re.findall(r'"([A-Z-]+#)"', source)}
    for stem in STEMS:
        for statement in table_statements(stem):
            for allowed in partitions(statement):
                # Where another kind stands within a partition's key, that one is spelled as well.
                assert {each for each in re.findall(r"[A-Z-]+#?", allowed)} <= spelled, stem


SIGNERS = ["Login", "Sessions"]
KEEPERS = ["Rotation", "Setup"]


def role_arns(stems):
    return [{"Fn::GetAtt": [f"{stem}Role", "Arn"]} for stem in sorted(stems)]


def test_only_who_signs_or_keeps_them_reaches_the_signing_keys():
    for stem in STEMS:
        actions = {
            action
            for each in statements(stem)
            for action in stack.as_list(each["Action"])
            if action.startswith("secretsmanager:")
        }
        if stem in SIGNERS:
            assert actions == {"secretsmanager:GetSecretValue"}, stem
        else:
            assert bool(actions) == (stem in KEEPERS), stem


def test_the_signing_secret_is_closed_to_everybody_else():
    policy = stack.template()["Resources"]["SigningSecretPolicy"]["Properties"]["ResourcePolicy"]
    read, write = policy["Statement"]
    assert read["Effect"] == write["Effect"] == "Deny"
    assert read["Action"] == "secretsmanager:GetSecretValue"
    assert read["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == role_arns(SIGNERS + KEEPERS)
    assert {"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"} <= set(write["Action"])
    assert write["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == role_arns(KEEPERS)


def test_a_schedule_replaces_the_signing_keys_and_is_no_reason_to_do_it_at_once():
    schedule = stack.template()["Resources"]["SigningKeyRotation"]["Properties"]
    assert schedule["SecretId"] == {"Ref": "SigningSecret"}
    assert schedule["RotationLambdaARN"] == {"Ref": "RotationFunction.Alias"}
    assert schedule["RotateImmediatelyOnUpdate"] is False


def test_the_stream_carries_keys_and_the_mailer_hears_of_the_outbox_alone(expanded):
    table = expanded["Resources"]["Table"]["Properties"]
    assert table["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    (mapping,) = stack.of_type(expanded, "AWS::Lambda::EventSourceMapping").values()
    mapping = mapping["Properties"]
    assert mapping["FunctionName"] == {"Ref": "MailerFunctionAliaslive"}
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "OUTBOX#"}]}}},
    }
    # Without bounds one mail that cannot be sent would stop all others for a day.
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["MaximumRetryAttempts"] <= 10 and mapping["MaximumRecordAgeInSeconds"] <= 3600
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["MailerFailures", "Arn"]}


def test_mails_come_from_the_sender_alone():
    for stem in STEMS:
        sending = [each for each in statements(stem) if "ses:" in str(each["Action"])]
        assert bool(sending) == (stem == "Mailer"), stem
        for statement in sending:
            assert statement["Action"] == "ses:SendEmail"
            assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "SenderAddress"}}}


def test_a_batch_that_is_not_counted_is_tried_again_and_kept(expanded):
    invocations = expanded["Resources"]["UsageInvocations"]["Properties"]
    # The subscription invokes the alias.
    assert (invocations["FunctionName"], invocations["Qualifier"]) == ({"Ref": "UsageFunction"}, "live")
    assert invocations["MaximumRetryAttempts"] == 2
    kept = invocations["DestinationConfig"]["OnFailure"]["Destination"]
    assert kept == {"Fn::GetAtt": ["UsageFailures", "Arn"]}
    sends = [each for each in statements("Usage") if each["Action"] == "sqs:SendMessage"]
    assert [each["Resource"] for each in sends] == [kept]
    assert expanded["Resources"]["UsageFailures"]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    alarm = expanded["Resources"]["UsageFailuresAlarm"]["Properties"]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["UsageFailures", "QueueName"]}}]


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
        if name == "RotationPermission":
            # Of no other account's secrets.
            assert permission["Properties"]["Principal"] == "secretsmanager.amazonaws.com"
            assert permission["Properties"]["SourceAccount"] == {"Ref": "AWS::AccountId"}
        elif name == "UsagePermission":
            # The log of the authorizer, and no other account's.
            assert permission["Properties"]["Principal"] == "logs.amazonaws.com"
            assert permission["Properties"]["SourceAccount"] == {"Ref": "AWS::AccountId"}
            assert permission["Properties"]["SourceArn"] == {"Fn::GetAtt": ["AuthorizerLogGroup", "Arn"]}
        else:
            assert permission["Properties"]["Principal"] == "apigateway.amazonaws.com"


def test_the_gateway_waits_for_the_code_of_its_routes(expanded):
    assert set(expanded["Resources"]["Api"]["DependsOn"]) == {f"{stem}FunctionAliaslive" for stem in ROUTED}


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
