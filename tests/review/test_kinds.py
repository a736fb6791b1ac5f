"""The kinds of facts: each is told by one module, and explained."""

from pathlib import Path

from review import kinds
from review.fact import Level
from tests.review.apps import app, resource, told


def test_what_is_lost_and_opened_is_told_before_what_costs() -> None:
    world = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0"}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    come = {
        "Group": resource("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [world]}),
        "Nat": resource("AWS::EC2::NatGateway"),
        "Role": resource("AWS::IAM::Role", {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}),
    }
    facts = told(app({"Items": resource("AWS::DynamoDB::Table")}), app(come)).values()
    stops = dict.fromkeys(fact.kind for fact in facts if fact.level == Level.STOP)
    assert [*stops] == ["deleted", "opened", "wildcard", "cost"]


def test_each_kind_is_told_by_one_module_and_explained(root: Path) -> None:
    told = [name for kind in kinds.KINDS for name in kind.TELLS]
    rows = [line for line in (root / "docs" / "review.md").read_text().splitlines() if line.startswith("| `")]
    explained = [name.strip("`") for row in rows for name in row.split("|")[1].strip().split(", ")]
    assert sorted(explained) == sorted(told)
