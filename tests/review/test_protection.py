"""What protects is told when it goes, and when it never was there."""

from typing import Any

import pytest

from review.kinds import protection
from review.protections import MACHINE, PROTECTIONS
from tests.review.apps import Json, app, apps, found, in_words, resource, told

INSTANCE, BUCKET, STAGE, LOGS = (
    "AWS::EC2::Instance",
    "AWS::S3::Bucket",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Logs::LogGroup",
)
QUEUE, TABLE, LISTENER = "AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::ElasticLoadBalancingV2::Listener"
BALANCER, CDN, USERS = (
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::CloudFront::Distribution",
    "AWS::Cognito::UserPool",
)
PLAIN: Json = {"Id": "plain"}
TOLD: Json = {"Id": "told", "OriginCustomHeaders": [{"HeaderName": "X-Origin-Secret", "HeaderValue": "x"}]}
RDS = "AWS::RDS::DBInstance"
BLOCKED = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}


def of(resource_type: str, path: str, value: Any) -> Json:
    """Write a resource with one property somewhere in it; None is none."""
    for name in reversed(path.split("/")):
        if name == "*":
            value = [value]
        elif name.startswith("Key="):
            value = [{"Key": name.removeprefix("Key="), "Value": value}] if value is not None else []
        else:
            value = {name: value} if value is not None else {}
    return {"It": resource(resource_type, value)}


@pytest.mark.parametrize(
    ("resource_type", "path", "old", "new", "lost"),
    [
        (INSTANCE, "MetadataOptions/HttpTokens", "required", "optional", "STOP imdsv2"),
        (INSTANCE, "MetadataOptions/HttpTokens", "required", None, "STOP imdsv2"),
        (INSTANCE, "MetadataOptions/HttpPutResponseHopLimit", 1, 2, "look hop-limit"),
        (INSTANCE, "BlockDeviceMappings/*/Ebs/Encrypted", True, False, "STOP encryption"),
        (INSTANCE, "DisableApiTermination", True, None, "STOP deletion"),
        (BUCKET, "PublicAccessBlockConfiguration/BlockPublicPolicy", True, None, "STOP block-public-policy"),
        (BUCKET, "PublicAccessBlockConfiguration/BlockPublicPolicy", True, False, "STOP block-public-policy"),
        (BUCKET, "VersioningConfiguration/Status", "Enabled", "Suspended", "STOP versioning"),
        (BUCKET, "LoggingConfiguration", {"LogFilePrefix": "x"}, None, "look access-log"),
        (
            BUCKET,
            "BucketEncryption/ServerSideEncryptionConfiguration/*/ServerSideEncryptionByDefault/SSEAlgorithm",
            "aws:kms",
            "AES256",
            "look own-key",
        ),
        (STAGE, "DefaultRouteSettings/ThrottlingRateLimit", 5, None, "STOP throttle"),
        (STAGE, "DefaultRouteSettings/ThrottlingRateLimit", 5, 500, "look throttle"),
        (STAGE, "DefaultRouteSettings/ThrottlingBurstLimit", 5, None, "STOP burst"),
        (STAGE, "AccessLogSettings/DestinationArn", {"Ref": "Logs"}, None, "STOP access-log"),
        (LOGS, "RetentionInDays", 30, None, "look retention"),
        (LOGS, "RetentionInDays", 30, 7, "STOP log-lines"),
        (LOGS, "RetentionInDays", None, 30, "STOP log-lines"),
        (LOGS, "KmsKeyId", {"Ref": "Key"}, None, "look own-key"),
        (QUEUE, "SqsManagedSseEnabled", None, False, "STOP encryption"),
        (QUEUE, "RedrivePolicy", {"maxReceiveCount": 3}, None, "look dead-letters"),
        (TABLE, "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", True, False, "STOP backups"),
        (TABLE, "DeletionProtectionEnabled", True, None, "STOP deletion"),
        (RDS, "BackupRetentionPeriod", 7, 0, "STOP backups"),
        (RDS, "BackupRetentionPeriod", 7, 1, "look backups"),
        (RDS, "StorageEncrypted", "true", "false", "STOP encryption"),
        (BALANCER, "LoadBalancerAttributes/Key=deletion_protection.enabled", "true", "false", "STOP deletion"),
        (BALANCER, "LoadBalancerAttributes/Key=access_logs.s3.enabled", "true", None, "STOP access-log"),
        (LISTENER, "SslPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-2016-08", "STOP tls"),
        (
            LISTENER,
            "SslPolicy",
            "ELBSecurityPolicy-TLS13-1-3-2021-06",
            "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "look tls",
        ),
        (LISTENER, "Protocol", "HTTPS", "HTTP", "STOP https"),
        (CDN, "DistributionConfig/ViewerCertificate/MinimumProtocolVersion", "TLSv1.2_2021", "TLSv1_2016", "STOP tls"),
        (CDN, "DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy", "https-only", "allow-all", "STOP https"),
        (USERS, "MfaConfiguration", "ON", "OPTIONAL", "look second-factor"),
        (USERS, "MfaConfiguration", "ON", "OFF", "STOP second-factor"),
        (USERS, "AdminCreateUserConfig/AllowAdminCreateUserOnly", True, False, "STOP sign-up"),
        (USERS, "AdminCreateUserConfig/AllowAdminCreateUserOnly", True, None, "STOP sign-up"),
        (CDN, "DistributionConfig/Origins", [PLAIN, TOLD], [PLAIN, PLAIN], "STOP edge-secret"),
        (CDN, "DistributionConfig/Origins", [TOLD, TOLD], [TOLD, PLAIN], "STOP edge-secret"),
        ("AWS::Lambda::Function", "LoggingConfig/LogGroup", {"Ref": "Logs"}, None, "look log-group"),
        ("AWS::Lambda::Function", "ReservedConcurrentExecutions", 5, None, "look concurrency"),
    ],
)
def test_what_goes_is_told_and_what_comes_is_not(resource_type: str, path: str, old: Any, new: Any, lost: str) -> None:
    before, after = (app(of(resource_type, path, value)) for value in (old, new))
    level, _, name = lost.partition(" ")
    expected = {f"{level} protection-lost:App/It:{name}"} if lost else set()
    assert {one for one in in_words(told(before, after), protection) if "protection-lost" in one} == expected
    if (resource_type, old) != (LOGS, 30) and (resource_type, old) != (LOGS, None):
        assert not [one for one in in_words(told(after, before), protection) if "protection-lost" in one]


def test_each_type_has_a_protection_once() -> None:
    names = [(kind, one.name) for one in PROTECTIONS for kind in one.types]
    assert sorted(set(names)) == sorted(names)


def test_what_stands_without_is_told_and_what_comes_without() -> None:
    bare = app({"Machine": resource(INSTANCE), "Stage": resource(STAGE), "Logs": resource(LOGS)})
    unprotected = {
        "look unprotected:App/Machine:imdsv2",
        "look unprotected:App/Machine:encryption",
        "look unprotected:App/Stage:access-log",
        "look unprotected:App/Stage:throttle",
        "look unprotected:App/Stage:burst",
        "note unprotected:App/Logs:retention",
    }
    assert in_words(found(bare), protection) == unprotected | {
        "note unprotected:App:termination",
        "note unprotected:App/Machine:signal",
    }
    assert in_words(told(app(), bare), protection) == unprotected
    assert in_words(told(bare, bare), protection) == set()


def test_a_machine_is_protected_by_its_launch_template() -> None:
    def machine(tokens: str) -> Json:
        data = {"MetadataOptions": {"HttpTokens": tokens}}
        named = {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}}
        return {
            "Template": resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data}),
            "Machine": resource(INSTANCE, named),
        }

    facts = told(app(machine("required")), app(machine("optional")))
    assert in_words(facts, protection) == {"STOP protection-lost:App/Machine:imdsv2"}
    assert (
        "`MetadataOptions/HttpTokens`: `required` → `optional`" in facts["protection-lost:App/Machine:imdsv2"].sentence
    )


def test_the_worse_branch_of_a_condition_counts_and_a_parameters_default() -> None:
    safe, unsafe = (
        {"It": resource(QUEUE, {"SqsManagedSseEnabled": said})}
        for said in ({"Ref": "P"}, {"Fn::If": ["C", True, False]})
    )
    facts = told(app(safe, Parameters={"P": {"Default": "true"}}), app(unsafe, Conditions={"C": {}}))
    assert "STOP protection-lost:App/It:encryption" in in_words(facts, protection)


@pytest.mark.parametrize("rows", [{"a": {"b": True}, "c": {"b": False}}, {}])
def test_the_worst_row_of_a_mapping_counts(rows: Json) -> None:
    said = {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "b"]}
    safe, by_region = (
        app({"It": resource("AWS::EC2::Volume", {"Encrypted": on})}, Mappings={"M": rows}) for on in (True, said)
    )
    assert in_words(told(safe, by_region), protection) == {"STOP protection-lost:App/It:encryption"}


def test_what_only_a_deploy_knows_is_a_look() -> None:
    old, new = (
        app({"It": resource(QUEUE, {"SqsManagedSseEnabled": said})}) for said in (True, {"Fn::ImportValue": "x"})
    )
    facts = told(old, new)
    assert in_words(facts, protection) == {"look protection-lost:App/It:encryption"}
    assert facts["protection-lost:App/It:encryption"].sentence.startswith("Only a deploy knows")
    off = app({"It": resource(QUEUE, {"SqsManagedSseEnabled": False})})
    assert in_words(told(new, off), protection) == {"look unprotected:App/It:encryption"}


def test_it_is_said_what_is_protected_from() -> None:
    old, new = (
        app({"It": resource("AWS::ApiGatewayV2::Stage", {"DefaultRouteSettings": {"ThrottlingRateLimit": rate}})})
        for rate in (5, 500)
    )
    assert told(old, new)["protection-lost:App/It:throttle"].sentence == (
        "It is closer than before to this: Only the account's limit bounds a flood of calls, and what it costs. "
        "`DefaultRouteSettings/ThrottlingRateLimit`: `5` → `500`."
    )
    bucket = found(app({"It": resource("AWS::S3::Bucket")}))
    words = "Nobody can say afterwards who read or wrote its objects."
    assert bucket["unprotected:App/It:access-log"].sentence == words


def test_a_renamed_resource_is_no_new_one() -> None:
    old, new = (app({name: resource(QUEUE, {"SqsManagedSseEnabled": False, "DelaySeconds": 5})}) for name in ("A", "B"))
    assert in_words(told(old, new), protection) == set()


@pytest.mark.parametrize("name", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_what_is_no_longer_kept_is_told_by_what_is_lost(name: str) -> None:
    kept, gone = (app({"It": resource(TABLE, **{name: said})}) for said in ("Retain", "Delete"))
    facts = told(kept, gone)
    assert in_words(facts, protection) == {f"STOP protection-lost:App/It:{name}"}
    assert "Lost with it: its items." in facts[f"protection-lost:App/It:{name}"].sentence
    assert in_words(told(gone, kept), protection) == set()


def test_what_protects_by_being_there_is_told_when_it_goes() -> None:
    facts = told(app({"Flow": resource("AWS::EC2::FlowLog")}), app())
    assert in_words(facts, protection) == {"look protection-lost:App/Flow:gone"}
    # What stops a sign-in's removal is what is lost with it.
    facts = told(app({"SignIn": resource("AWS::Cognito::UserPoolClient")}), app())
    assert in_words(facts, protection) == {"look protection-lost:App/SignIn:gone"}
    assert "STOP deleted:App/SignIn" in in_words(facts)


def test_termination_protection() -> None:
    old, new = apps(App={}), apps(App={})
    old.stacks[0].artifact = {"properties": {"terminationProtection": True}}
    assert in_words(told(old, new), protection) == {"STOP protection-lost:App:termination"}
    assert in_words(found(old), protection) == set()


def test_every_path_is_a_property_of_its_type() -> None:
    from facts.schemas import schema

    unknown = [
        (kind, one.path)
        for one in PROTECTIONS
        for kind in one.types
        if kind not in MACHINE and one.path.split("/")[0] not in (schema(kind) or {}).get("properties", {})
    ]
    assert unknown == []
