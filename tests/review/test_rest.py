"""Whatever else is told, each leaf that changes is, with its path and both values."""

import pytest

from tests.review.apps import app, apps, resource, told

QUEUE = "AWS::SQS::Queue"


def test_a_leaf_is_told_with_both_values() -> None:
    old, new = (app({"Jobs": resource(QUEUE, {"Tags": [{"Key": "a", "Value": value}]})}) for value in ("x", "y"))

    (fact,) = told(old, new).values()

    assert fact.id == "property:App/Jobs:Properties/Tags/0/Value"
    assert fact.values == {"old": "x", "new": "y"}
    assert fact.sentence == "`Properties/Tags/0/Value`: `x` → `y`"


def test_what_is_not_there_is_nothing_and_null_is_not() -> None:
    old, new = (app({"Jobs": resource(QUEUE, said)}) for said in ({"A": None}, {"B": "null"}))
    assert [fact.sentence for fact in told(old, new).values()] == [
        "`Properties/A`: `null` → nothing",
        "`Properties/B`: nothing → `null`",
    ]


def test_what_comes_and_goes_is_told_property_by_property() -> None:
    facts = told(
        app({"Old": resource(QUEUE, {"DelaySeconds": 1})}),
        app({"New": resource("AWS::SNS::Topic", {"TopicName": "n"})}),
    )
    assert facts["property:App/New:Properties/TopicName"].values == {"new": "n"}
    assert facts["property:App/Old:Properties/DelaySeconds"].values == {"old": 1}


def test_a_difference_far_into_a_text_is_shown() -> None:
    old, new = (app({"Jobs": resource(QUEUE, {"A": "x" * 1000 + said})}) for said in ("old", "new"))
    (fact,) = told(old, new).values()
    assert fact.sentence == f"`Properties/A`: `…{'x' * 20}old` → `…{'x' * 20}new`"


@pytest.mark.parametrize(
    "section", ["Outputs", "Parameters", "Mappings", "Conditions", "Rules", "Metadata", "Transform"]
)
def test_each_other_section_is_told(section: str) -> None:
    facts = told(app(**{section: {"A": {"B": 1}}}), app(**{section: {"A": {"B": 2}}}))
    assert [*facts] == [f"template:App:{section}/A/B"]


def test_what_the_manifest_says_of_a_stack_is_told() -> None:
    old, new = apps(App={}), apps(App={})
    url = {"stackTemplateAssetObjectUrl": "s3://assets/its-hash.json"}
    old.stacks[0].artifact = {"properties": {"terminationProtection": True, **url}, "metadata": {"/App": []}}
    new.stacks[0].artifact = {"properties": {"terminationProtection": False}}
    told_of_it = [id_ for id_ in told(old, new) if id_.startswith("manifest:")]
    assert told_of_it == ["manifest:App:properties/terminationProtection"]


def test_what_stands_for_resources_is_told() -> None:
    old, new = (app({"Fn::ForEach::Jobs": ["Name", ["a"], {"Jobs${Name}": said}]}) for said in ("a", "b"))
    assert [*told(old, new)] == ["template:App:Resources/Fn::ForEach::Jobs/2/Jobs${Name}"]
