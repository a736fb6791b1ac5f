"""What policies on resources let others do: each planted change with its own kind and level."""

import json
from typing import Any

import pytest

from review.assembly import Assembly
from review.narrowing import is_narrowed
from review.values import exact
from tests.review.apps import Json, app, found, in_words, resource, told

OWN = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
SECURE: dict[str, Any] = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
ORG: dict[str, Any] = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}


def lets(principal: Any, action: str = "s3:GetObject", **more: Any) -> Json:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


def bucket(*statements: Json) -> Assembly:
    said = {"Bucket": {"Ref": "Data"}, "PolicyDocument": {"Statement": list(statements)}}
    policy = {"Policy": resource("AWS::S3::BucketPolicy", said)} if statements else {}
    return app({"Data": resource("AWS::S3::Bucket"), **policy})


def function(**permission: Any) -> Assembly:
    said = {"FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction", **permission}
    policy = {"Permission": resource("AWS::Lambda::Permission", said)} if permission else {}
    return app({"Work": resource("AWS::Lambda::Function"), **policy})


def of(resource_type: str, **said: Any) -> Assembly:
    return app({"It": resource(resource_type, said)})


def policy_of(principal: Any, action: str) -> Json:
    return {"Statement": [lets(principal, action)]}


PUBLIC = "STOP public:App/Data:*:s3:GetObject@*"
URL = {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}
SNS = {"Principal": "sns.amazonaws.com"}
CHANGES = [
    (bucket(), bucket(lets("*")), PUBLIC),
    (bucket(), bucket(lets({"AWS": "*"})), PUBLIC),
    (bucket(), bucket(lets({"AWS": ["*"]})), PUBLIC),
    (bucket(lets("*", **ORG)), bucket(lets("*")), PUBLIC),
    (bucket(), bucket(lets({"AWS": "222222222222"})), "look resource-policy:App/Data:AWS222222222222:s3:GetObject@*"),
    (bucket(), bucket(lets(OWN)), "note resource-policy:App/Data:AWSarn:aws:iam::${AWS::AccountId}:root"),
    (bucket(), bucket(lets("*", Effect="Deny", **SECURE)), "look denied:App/Data:"),
    (bucket(lets("*", Effect="Deny", **SECURE)), bucket(), "STOP deny-gone:App/Data:"),
    (bucket(lets({"AWS": "2"})), bucket(), "look resource-policy-gone:App/Data:AWS2:s3:GetObject@*"),
    # Whatever else has a policy, under whatever name.
    (of("AWS::KMS::Key"), of("AWS::KMS::Key", KeyPolicy=policy_of("*", "kms:*")), "STOP public:App/It:*:kms:*@*"),
    (of("AWS::SQS::Queue"), of("AWS::SQS::Queue", New=policy_of("*", "sqs:*")), "STOP public:App/It:*:sqs:*@*"),
    (of("AWS::New::Type"), of("AWS::New::Type", P=json.dumps(policy_of("*", "n:*"))), "STOP public:App/It:*:n:*@*"),
    # Functions.
    (function(), function(Principal="*"), "STOP public:App/Work:*:lambda:InvokeFunction@<Work>"),
    (function(), function(**URL), "STOP public:App/Work:*:lambda:InvokeFunctionUrl@<Work>"),
    (function(), function(Principal="*", PrincipalOrgID="o-1"), "look resource-policy:App/Work:"),
    (function(), function(Principal="222222222222"), "look resource-policy:App/Work:"),
    (function(), function(Principal="s3.amazonaws.com"), "STOP no-source:App/Work:"),
    (function(), function(Principal="elasticloadbalancing.amazonaws.com"), "look no-source:App/Work:"),
    (function(), function(Principal="s3.amazonaws.com", SourceAccount="1"), "note resource-policy:App/Work:"),
    (function(**SNS, SourceArn="arn:t"), function(**SNS), "STOP no-source:App/Work:"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "wanted"), CHANGES)
def test_each_change_is_told_with_its_level(before: Assembly, after: Assembly, wanted: str) -> None:
    unsaid = ("created", "deleted", "replaced", "perhaps-replaced", "property")
    (fact,) = [one for one in told(before, after).values() if one.kind not in unsaid]
    assert f"{fact.level.value} {fact.id}".startswith(wanted)


def test_of_several_topics_each_is_public() -> None:
    topics = {name: resource("AWS::SNS::Topic") for name in "AB"}
    said = {"Topics": [{"Ref": "A"}, {"Ref": "B"}], "PolicyDocument": policy_of("*", "sns:Publish")}
    facts = told(app(topics), app({**topics, "P": resource("AWS::SNS::TopicPolicy", said)}))
    assert {"STOP public:App/A:*:sns:Publish@*", "STOP public:App/B:*:sns:Publish@*"} <= in_words(facts)


def test_what_limits_an_endpoint_gives_nobody_anything() -> None:
    assert not in_words(found(of("AWS::EC2::VPCEndpoint", PolicyDocument=policy_of("*", "*"))))


def test_the_inventory_tells_what_is_for_everybody_and_not_what_is_the_apps_own() -> None:
    assert in_words(found(bucket(lets("*"), lets(OWN)))) == {PUBLIC}


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({}, False),
        ({"StringEquals": {"aws:SourceAccount": "1"}}, True),
        ({"StringLike": {"AWS:SourceArn": "arn:aws:s3:::a"}}, True),
        ({"StringLike": {"aws:SourceArn": "*"}}, False),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "1"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
    ],
)
def test_which_conditions_say_whose_request_it_has_to_be(condition: Json, wanted: object) -> None:
    lists = {op: {k: v if isinstance(v, list) else [v] for k, v in keys.items()} for op, keys in condition.items()}
    assert is_narrowed(exact(lists) if lists else "") is wanted
