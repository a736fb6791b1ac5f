"""What CloudFormation will refuse: names that are taken, exports in use, another type under the same id."""

from typing import Any

import pytest

from review.assembly import Assembly
from review.kinds import contract, deploy_fails
from tests.review.apps import app, apps, in_words, resource, told

QUEUE = "AWS::SQS::Queue"


def key(**more: Any) -> Assembly:
    return app({"Key": resource("AWS::EC2::KeyPair", {"KeyName": {"Fn::Sub": "key-${AWS::StackName}"}, **more})})


def test_a_replaced_resource_cannot_have_the_old_ones_name() -> None:
    facts = told(key(KeyType="rsa"), key(KeyType="ed25519"))

    assert in_words(facts) == {"STOP replaced:App/Key", "STOP deploy-fails:App/Key:KeyName"}
    assert "the new one may not have the old one's name (`KeyName`)" in facts["deploy-fails:App/Key:KeyName"].sentence


def test_one_that_gets_another_name_may_be_replaced() -> None:
    old, new = (app({"Jobs": resource(QUEUE, {"QueueName": name, "FifoQueue": name == "b"})}) for name in "ab")
    assert in_words(told(old, new)) == {"STOP replaced:App/Jobs"}


@pytest.mark.parametrize(
    ("resource_type", "name", "other"),
    [
        (QUEUE, "QueueName", "FifoQueue"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", "Scheme"),
        ("AWS::EC2::SecurityGroup", "GroupName", "GroupDescription"),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "Description"),
        ("AWS::RDS::DBInstance", "DBInstanceIdentifier", "MasterUsername"),
    ],
)
def test_whatever_aws_calls_the_name(resource_type: str, name: str, other: str) -> None:
    old, new = (app({"It": resource(resource_type, {name: "mine", other: said})}) for said in ("a", "b"))
    assert f"STOP deploy-fails:App/It:{name}" in in_words(told(old, new))


def test_a_name_made_of_what_is_replaced_is_another() -> None:
    def policy(size: str) -> Assembly:
        bucket = resource("AWS::S3::Bucket", {"BucketName": size})
        return app({"Bucket": bucket, "Policy": resource("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}})})

    assert in_words(told(policy("a"), policy("b"))) == {"look replaced:App/Bucket", "look replaced:App/Policy"}


def test_a_stage_of_another_api_may_have_the_same_name() -> None:
    def api(name: str) -> Assembly:
        stage = resource("AWS::ApiGatewayV2::Stage", {"ApiId": {"Ref": f"{name}Api"}, "StageName": "$default"})
        return app({f"{name}Api": resource("AWS::ApiGatewayV2::Api"), f"{name}Stage": stage})

    assert in_words(told(api("Old"), api("New"))) == {"STOP moved:App/NewApi", "look moved:App/NewStage"}


def test_a_second_stage_of_the_same_api_may_not() -> None:
    stage = resource("AWS::ApiGatewayV2::Stage", {"ApiId": {"Ref": "Api"}, "StageName": "$default"})
    old, new = (app({"Api": resource("AWS::ApiGatewayV2::Api"), name: stage}) for name in ("Old", "New"))
    assert in_words(told(old, new)) == {"STOP deploy-fails:App/New:StageName", "look moved:App/New"}


def test_a_renamed_construct_cannot_keep_its_fixed_name() -> None:
    jobs = resource(QUEUE, {"QueueName": "jobs"})
    assert "STOP deploy-fails:App/New:QueueName" in in_words(told(app({"Old": jobs}), app({"New": jobs})))
    # The one stack may be deployed before the other.
    facts = told(apps(A={"Resources": {"Old": jobs}}, B={}), apps(A={}, B={"Resources": {"New": jobs}}))
    assert in_words(facts) == {"STOP moved:B/New"}
    # But what is kept keeps its name.
    jobs = {**jobs, "DeletionPolicy": "Retain"}
    facts = told(apps(A={"Resources": {"Old": jobs}}, B={}), apps(A={}, B={"Resources": {"New": jobs}}))
    assert in_words(facts) == {"look moved:B/New", "STOP deploy-fails:B/New:QueueName"}


def test_a_logical_id_cannot_change_its_type() -> None:
    facts = told(app({"It": resource(QUEUE)}), app({"It": resource("AWS::SNS::Topic")}))
    assert in_words(facts) == {"STOP deploy-fails:App/It:Type"}


def test_a_custom_resource_cannot_change_its_program() -> None:
    old, new = (app({"It": resource("Custom::It", {"ServiceToken": token})}) for token in "ab")
    assert "STOP deploy-fails:App/It:ServiceToken" in in_words(told(old, new))


def exporting(value: Any, *, used: bool = True, export: bool = True, fifo: bool = False) -> Assembly:
    output = {"Value": value, **({"Export": {"Name": "App:Url"}} if export else {})}
    user = resource("AWS::SSM::Parameter", {"Value": {"Fn::Sub": ["${a}", {"a": {"Fn::ImportValue": "App:Url"}}]}})
    return apps(
        App={"Resources": {"Jobs": resource(QUEUE, {"FifoQueue": fifo})}, "Outputs": {"Url": output}},
        User={"Resources": {"It": user} if used else {}},
    )


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (exporting("a"), exporting("a", export=False), "as deployed, and goes"),
        (exporting("a"), exporting("a", used=False, export=False), "as deployed, and goes"),
        (exporting("a"), exporting("b"), "as deployed, and has another value"),
        (
            exporting({"Ref": "Jobs"}),
            exporting({"Ref": "Jobs"}, fifo=True),
            "and has another value, as `Jobs` is replaced",
        ),
    ],
)
def test_an_export_in_use_neither_goes_nor_changes(before: Assembly, after: Assembly, reason: str) -> None:
    fact = told(before, after)["deploy-fails:App:App:Url"]
    assert "the export `App:Url` is in use by `User`" in fact.sentence
    assert reason in fact.sentence


def test_of_an_export_in_use_one_thing_is_told() -> None:
    facts = told(exporting("a"), apps(App={}, User=exporting("a").stacks[1].template))
    assert in_words(facts, contract, deploy_fails) == {"STOP deploy-fails:App:App:Url"}


def test_an_export_that_nobody_uses_may_go() -> None:
    assert not in_words(told(exporting("a", used=False), exporting("a", used=False, export=False)))
