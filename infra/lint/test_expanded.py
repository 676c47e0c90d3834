"""What SAM makes of the template: each of its known traps is held here."""

import samtranslator.model.apigateway

import stack


LOCALLY_ABSENT = {
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::WAFv2::WebACLAssociation",
}


def test_there_is_one_stage_and_it_is_ours(expanded):
    (stage,) = stack.of_type(expanded, "AWS::ApiGateway::Stage").values()
    assert stage["Properties"]["StageName"] == {"Ref": "StageName"}


def test_no_deployment_makes_a_stage_beside_ours(expanded):
    """Without OpenApiVersion, SAM's deployment names a stage called Stage, and the gateway makes it: open to
    everybody, without our throttling and logs."""
    (deployment,) = stack.of_type(expanded, "AWS::ApiGateway::Deployment").values()
    assert "StageName" not in deployment["Properties"]


def test_the_stage_throttles_every_method(expanded):
    (stage,) = stack.of_type(expanded, "AWS::ApiGateway::Stage").values()
    every = [each for each in stage["Properties"]["MethodSettings"] if each["ResourcePath"] == "/*"]
    assert every and every[0]["HttpMethod"] == "*"
    assert every[0]["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}
    assert every[0]["ThrottlingBurstLimit"] == {"Ref": "ThrottleBurst"}


def test_what_is_long_is_compressed_and_nothing_is_taken_for_bytes(expanded):
    (api,) = stack.of_type(expanded, "AWS::ApiGateway::RestApi").values()
    # Above the longest answer with a credential in it: the tests of the API hold every one against this number.
    assert api["Properties"]["MinimumCompressionSize"] == 4096
    assert "BinaryMediaTypes" not in api["Properties"]
    assert "x-amazon-apigateway-binary-media-types" not in stack.openapi()


def test_no_method_logs_bodies_and_headers(expanded):
    (stage,) = stack.of_type(expanded, "AWS::ApiGateway::Stage").values()
    for settings in stage["Properties"]["MethodSettings"]:
        assert settings["LoggingLevel"] == "OFF" and settings["DataTraceEnabled"] is False


def test_each_function_but_setup_has_the_alias():
    functions = stack.of_type(stack.template(), "AWS::Serverless::Function")
    assert set(functions) - set(stack.aliased()) == {"SetupFunction"}


def versions(release):
    return set(stack.of_type(stack.expand(ReleaseId=release), "AWS::Lambda::Version"))


def test_a_release_publishes_a_version_of_each_function():
    before, after = versions("a1"), versions("a2")
    assert len(before) == len(after) == len(stack.aliased())
    assert not before & after, "a version that is not new moves no alias"


def test_each_character_of_a_release_id_counts():
    """SAM takes the first ten, so the parameter takes no more."""
    assert stack.template()["Parameters"]["ReleaseId"]["AllowedPattern"] == "^[A-Za-z0-9]{1,10}$"
    assert not versions("a23456789x") & versions("a23456789y")


def test_each_deployment_deploys_the_api_even_where_its_document_is_the_same(monkeypatch):
    seen = set()
    for second in (1, 2):
        # AlwaysDeploy is SAM's clock, in seconds.
        monkeypatch.setattr(samtranslator.model.apigateway.time, "time", lambda now=second: now)
        deployments = stack.of_type(stack.expand(), "AWS::ApiGateway::Deployment")
        assert len(deployments) == 1
        seen.update(deployments)
    assert len(seen) == 2, "without AlwaysDeploy a changed parameter stays off the stage"


def test_the_stage_serves_the_deployment_of_its_release(expanded):
    (stage,) = stack.of_type(expanded, "AWS::ApiGateway::Stage").values()
    (deployment,) = stack.of_type(expanded, "AWS::ApiGateway::Deployment")
    assert stage["Properties"]["DeploymentId"] == {"Ref": deployment}


def test_each_alias_is_live_and_moves_to_the_version_of_its_release(expanded):
    aliases = stack.of_type(expanded, "AWS::Lambda::Alias")
    assert len(aliases) == len(stack.aliased())
    for name, alias in aliases.items():
        assert alias["Properties"]["Name"] == "live", name
        version = alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
        assert version in expanded["Resources"], name


def test_a_canary_watches_our_own_alarms_on_each_function(with_canary):
    groups = stack.of_type(with_canary, "AWS::CodeDeploy::DeploymentGroup")
    assert len(groups) == len(stack.aliased()), list(groups)
    for name, group in groups.items():
        alarms = [each["Name"] for each in group["Properties"]["AlarmConfiguration"]["Alarms"]]
        assert alarms == [{"Ref": "AuthorizerFaultsAlarm"}, {"Ref": "ServerErrorsAlarm"}], name


def test_nothing_that_a_local_emulator_lacks_is_unconditional(expanded):
    for name, resource in expanded["Resources"].items():
        kind = resource["Type"]
        assert not kind.startswith("AWS::CodeDeploy::"), f"{name} is there without CanaryDeployments"
        if kind in LOCALLY_ABSENT:
            assert "Condition" in resource, name


def test_the_conditional_resources_wait_for_what_is_said_to_switch_them():
    resources = stack.template()["Resources"]
    assert resources["SigningSecretPolicy"]["Condition"] == "RestrictedSigningSecret"
    assert resources["WafAssociation"]["Condition"] == "Waf"
    assert resources["SigningKeyRotation"]["Condition"] == "RotationSchedule"
