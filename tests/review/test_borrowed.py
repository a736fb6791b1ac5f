"""Groups and roles that are none of the app's."""

from typing import Any

import pytest

from tests.review.apps import app, found, in_words, resource, told

OWN = {"Group": resource("AWS::EC2::SecurityGroup"), "Role": resource("AWS::IAM::Role")}


@pytest.mark.parametrize(
    ("resource_type", "said", "wanted"),
    [
        ("AWS::EC2::Instance", {"SecurityGroupIds": ["sg-1"]}, "sg-1"),
        ("AWS::EC2::Instance", {"NetworkInterfaces": [{"Groups": [{"Ref": "Group"}, "sg-1"]}]}, "sg-1"),
        ("AWS::Lambda::Function", {"VpcConfig": {"SecurityGroupIds": [{"Fn::ImportValue": "x"}]}}, "${importx}"),
        ("AWS::Lambda::Function", {"Role": "arn:aws:iam::1:role/admin"}, "arn:aws:iam::1:role/admin"),
        ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"IamInstanceProfile": {"Name": "admin"}}}, "admin"),
    ],
)
def test_what_is_worn_and_not_looked_into_is_told(resource_type: str, said: dict[str, Any], wanted: str) -> None:
    facts = told(app({**OWN, "It": resource(resource_type)}), app({**OWN, "It": resource(resource_type, said)}))
    assert f"look borrowed:App/It:{wanted}" in in_words(facts)


def test_what_is_the_apps_own_is_not() -> None:
    said = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "VpcConfig": {"SecurityGroupIds": [{"Ref": "Group"}]}}
    facts = found(app({**OWN, "It": resource("AWS::Lambda::Function", said)}))
    assert not [fact for fact in in_words(facts) if "borrowed" in fact]
