"""Change sets see outputs and exports, and evaluate nothing anew."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.cloud import Cloud
from tests.local_aws.raw_stacks import delete, plan, wait

pytestmark = pytest.mark.system

STACK = "told"
TOLD: dict[str, Any] = {"Word": {"Value": {"Ref": "Word"}, "Export": {"Name": "word"}}, "Same": {"Value": "same"}}
NOTHING = "The submitted information didn't contain changes."


def template(outputs: dict[str, Any]) -> str:
    """Draw a stack whose image is a parameter, as many are, which CloudFormation looks up at each deploy."""
    image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.12-arm64"
    return json.dumps(
        {
            "Parameters": {
                "Word": {"Type": "String", "Default": "first"},
                "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": image},
            },
            "Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}},
            "Outputs": {"Image": {"Value": {"Ref": "Image"}}, "Log": {"Value": {"Ref": "Log"}}, **outputs},
        }
    )


def planned(cloud: Cloud, outputs: dict[str, Any], word: str = "first") -> dict[str, Any]:
    return plan(cloud, STACK, template(outputs), [{"ParameterKey": "Word", "ParameterValue": word}])


def execute(cloud: Cloud, change_set: dict[str, Any]) -> dict[str, str]:
    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert change_set["Changes"] == []
    cloud.client("cloudformation").execute_change_set(StackName=STACK, ChangeSetName="next")
    return wait(cloud, STACK, "stack_update_complete")


def exports(cloud: Cloud) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in cloud.client("cloudformation").list_exports()["Exports"]}


@pytest.fixture
def stack(cloud: Cloud) -> Iterator[dict[str, str]]:
    """Deploy it; what is answered are its outputs."""
    cloud.client("cloudformation").create_stack(StackName=STACK, TemplateBody=template(TOLD))
    yield wait(cloud, STACK, "stack_create_complete")
    delete(cloud, STACK)


@pytest.mark.usefixtures("stack")
def test_nothing_is_no_change(cloud: Cloud) -> None:
    unchanged = planned(cloud, TOLD)
    assert (unchanged["Status"], unchanged["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert unchanged["StatusReason"].startswith(NOTHING)


def test_another_output_is_a_change(cloud: Cloud, stack: dict[str, str]) -> None:
    more = TOLD | {"More": {"Value": "more"}}
    assert execute(cloud, planned(cloud, more)) == stack | {"More": "more"}
    less = {"Word": TOLD["Word"]}
    assert "Same" not in execute(cloud, planned(cloud, less))
    assert planned(cloud, less)["StatusReason"].startswith(NOTHING)


def test_an_output_that_says_something_else_is_a_change(cloud: Cloud, stack: dict[str, str]) -> None:
    assert exports(cloud) == {"word": "first"}
    assert execute(cloud, planned(cloud, TOLD, word="second")) == stack | {"Word": "second"}
    assert exports(cloud) == {"word": "second"}


@pytest.mark.usefixtures("stack")
def test_another_name_of_an_export_is_a_change(cloud: Cloud) -> None:
    renamed = TOLD | {"Word": TOLD["Word"] | {"Export": {"Name": "renamed"}}}
    execute(cloud, planned(cloud, renamed))
    assert exports(cloud) == {"renamed": "first"}
