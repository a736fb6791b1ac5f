"""The difference of the templates, in the shape of the CDK's own."""

from typing import Any

from review.assembly import Assembly
from review.comparison import Comparison
from review.template_diff import template_diff
from tests.review.apps import app, resource

BUCKET, QUEUE = "AWS::S3::Bucket", "AWS::SQS::Queue"


def diff(before: Assembly, after: Assembly) -> Any:
    return template_diff(Comparison(before, after))["App"]


def test_no_difference_is_an_empty_document() -> None:
    same = {"It": resource(BUCKET)}
    assert diff(app(same), app(same)) == {"differenceCount": 0}


def test_what_comes_and_goes() -> None:
    kept = {"It": resource(BUCKET), "Kept": resource(BUCKET, DeletionPolicy="Retain")}
    assert diff(app(kept), app({"New": resource(QUEUE)})) == {
        "resources": {
            "It": {"oldResourceType": BUCKET, "isAddition": False, "isRemoval": True, "changeImpact": "WILL_DESTROY"},
            "Kept": {"oldResourceType": BUCKET, "isAddition": False, "isRemoval": True, "changeImpact": "WILL_ORPHAN"},
            "New": {"newResourceType": QUEUE, "isAddition": True, "isRemoval": False, "changeImpact": "WILL_CREATE"},
        },
        "differenceCount": 3,
    }


def test_properties_with_their_impact_and_what_follows_from_them() -> None:
    def network(cidr: str, **more: Any) -> Assembly:
        vpc = resource("AWS::EC2::VPC", {"CidrBlock": cidr, **more})
        return app({"Net": vpc, "Sub": resource("AWS::EC2::Subnet", {"VpcId": {"Ref": "Net"}})})

    found = diff(network("10.0.0.0/16"), network("10.1.0.0/16", EnableDnsSupport=True))["resources"]

    assert found["Net"]["propertyDiffs"] == {
        "CidrBlock": {"oldValue": "10.0.0.0/16", "newValue": "10.1.0.0/16", "changeImpact": "WILL_REPLACE"},
        "EnableDnsSupport": {"newValue": True, "changeImpact": "WILL_UPDATE"},
    }
    assert (found["Net"]["changeImpact"], found["Sub"]["changeImpact"]) == ("WILL_REPLACE", "WILL_REPLACE")


def test_attributes_beside_the_properties() -> None:
    old, new = (app({"It": resource(BUCKET, DeletionPolicy=said)}) for said in ("Delete", "Retain"))
    (found,) = diff(old, new)["resources"].values()
    assert found["otherDiffs"] == {"DeletionPolicy": {"oldValue": "Delete", "newValue": "Retain"}}
    assert found["changeImpact"] == "NO_CHANGE"


def test_the_other_sections() -> None:
    old, new = (app(Outputs={"Url": {"Value": said}}, Description=said, Rules={"A": said}) for said in ("a", "b"))
    assert diff(old, new) == {
        "description": {"oldValue": "a", "newValue": "b"},
        "outputs": {"Url": {"oldValue": {"Value": "a"}, "newValue": {"Value": "b"}}},
        "unknown": {"Rules": {"oldValue": {"A": "a"}, "newValue": {"A": "b"}}},
        "differenceCount": 3,
    }
