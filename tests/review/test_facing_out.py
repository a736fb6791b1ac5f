"""What faces the internet by itself, each with its level in a change and of an app alone."""

from typing import Any

import pytest

from review.assembly import Assembly
from tests.review.apps import Json, app, found, in_words, resource, told

WEB, DISK = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::RDS::DBInstance"
SIGNED = {"TrustedKeyGroups": ["a"]}


def one(resource_type: str, **said: Any) -> Assembly:
    return app({"It": resource(resource_type, said)})


def spread(*ways: Json) -> Assembly:
    first, *more = ways
    return one(
        "AWS::CloudFront::Distribution", DistributionConfig={"DefaultCacheBehavior": first, "CacheBehaviors": more}
    )


def network(*, way_out: bool) -> Assembly:
    way = resource("AWS::EC2::Route", {"RouteTableId": {"Ref": "Table"}, "GatewayId": {"Ref": "Gateway"}})
    tie = {"RouteTableId": {"Ref": "Table"}, "SubnetId": {"Ref": "Sub"}}
    return app(
        {
            "Gateway": resource("AWS::EC2::InternetGateway"),
            "Table": resource("AWS::EC2::RouteTable"),
            "Sub": resource("AWS::EC2::Subnet"),
            "Tie": resource("AWS::EC2::SubnetRouteTableAssociation", tie),
            **({"Way": way} if way_out else {}),
        }
    )


def machine(**said: Any) -> Assembly:
    return one("AWS::EC2::Instance", NetworkInterfaces=[{"DeviceIndex": "0", **said}])


@pytest.mark.parametrize(
    ("before", "after", "change", "stands"),
    [
        (app(), one("AWS::Lambda::Url", AuthType="NONE"), "STOP function-url:App/It:NONE", "STOP"),
        (app(), one("AWS::Lambda::Url", AuthType="AWS_IAM"), "look function-url:App/It:AWS_IAM", "look"),
        (one("AWS::Lambda::Url", AuthType="AWS_IAM"), one("AWS::Lambda::Url"), "STOP function-url:App/It:NONE", "STOP"),
        (
            one("AWS::S3::Bucket"),
            one("AWS::S3::Bucket", AccessControl="PublicRead"),
            "STOP public-list:App/It:PublicRead",
            "STOP",
        ),
        (app(), one(WEB), "STOP balancer:App/It:open", "look"),
        (app(), one(WEB, SecurityGroups=["sg-1"]), "look balancer:App/It:groups", "look"),
        (
            one(WEB, Scheme="internal"),
            one(WEB, Scheme="internet-facing"),
            "STOP balancer:App/It:open",
            "look",
        ),
        (app(), spread({}), "STOP distribution:App/It:open", "look"),
        (app(), spread(SIGNED, {}), "STOP distribution:App/It:open", "look"),
        (app(), spread(SIGNED, SIGNED), "look distribution:App/It:signed", "look"),
        (one(DISK), one(DISK, PubliclyAccessible=True), "STOP public-address:App/It", "STOP"),
        (machine(), machine(AssociatePublicIpAddress=True), "look public-address:App/It", "note"),
        (
            one("AWS::EC2::Subnet"),
            one("AWS::EC2::Subnet", MapPublicIpOnLaunch=True),
            "look public-address:App/It",
            "note",
        ),
        (network(way_out=False), network(way_out=True), "look public-network:App/Sub", "note"),
    ],
)
def test_what_comes_to_face_the_internet_is_told(before: Assembly, after: Assembly, change: str, stands: str) -> None:
    assert change in in_words(told(before, after))
    assert f"{stands} {change.partition(' ')[2]}" in in_words(found(after))
    assert change.partition(" ")[2] not in told(after, before)


@pytest.mark.parametrize(
    "hidden", [one(WEB, Scheme="internal"), one(DISK, PubliclyAccessible=False), one("AWS::S3::Bucket"), machine()]
)
def test_what_does_not_face_it_is_not(hidden: Assembly) -> None:
    assert not in_words(found(hidden))


def test_what_has_another_name_faced_it_before() -> None:
    bucket = resource("AWS::S3::Bucket", {"AccessControl": "PublicRead"})
    facts = told(app({"Old": bucket}), app({"New": bucket}))
    assert {fact.kind for fact in facts.values()} >= {"moved"}
    assert not [fact for fact in facts.values() if fact.kind == "public-list"]
