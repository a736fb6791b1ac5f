"""What another stack imports can neither change nor go, and gets another name in two deploys."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from local_aws.cloud import Cloud
from tests.local_aws.raw_stacks import delete, reasons, wait

pytestmark = pytest.mark.system


def producer(*names: str, days: int = 7) -> str:
    """Draw a stack that exports a thing under each name, which is the name of its construct too."""
    return json.dumps(
        {
            "Resources": {
                name: {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": days}} for name in names
            },
            "Outputs": {name: {"Value": {"Ref": name}, "Export": {"Name": f"producer:{name}"}} for name in names},
        }
    )


def consumer(name: str) -> str:
    parameter = {"Type": "String", "Value": {"Fn::ImportValue": f"producer:{name}"}}
    return json.dumps({"Resources": {"Uses": {"Type": "AWS::SSM::Parameter", "Properties": parameter}}})


def update(cloud: Cloud, stack: str, body: str) -> None:
    cloud.client("cloudformation").update_stack(StackName=stack, TemplateBody=body)
    wait(cloud, stack, "stack_update_complete")


def refused(cloud: Cloud, body: str) -> str:
    """Let an update of the producer roll back, and say what CloudFormation said."""
    with pytest.raises(WaiterError):
        update(cloud, "producer", body)
    wait(cloud, "producer", "stack_rollback_complete")
    return reasons(cloud, "producer")


def exports(cloud: Cloud) -> set[str]:
    return {one["Name"] for one in cloud.client("cloudformation").list_exports()["Exports"]}


@pytest.fixture
def pair(cloud: Cloud) -> Iterator[None]:
    """Deploy a stack that exports, and one that imports it."""
    for stack, body in (("producer", producer("Old")), ("consumer", consumer("Old"))):
        cloud.client("cloudformation").create_stack(StackName=stack, TemplateBody=body)
        wait(cloud, stack, "stack_create_complete")
    yield
    for stack in ("consumer", "producer"):
        delete(cloud, stack)


@pytest.mark.usefixtures("pair")
def test_a_construct_that_is_used_gets_another_name_in_two_deploys(cloud: Cloud) -> None:
    in_use = "Export producer:Old cannot be deleted as it is in use by consumer"

    assert in_use in refused(cloud, producer("New"))
    assert exports(cloud) == {"producer:Old"}

    # As docs/when-a-deploy-fails.md says: both for one deploy, in which the other stack goes over.
    update(cloud, "producer", producer("Old", "New"))
    update(cloud, "consumer", consumer("New"))
    update(cloud, "producer", producer("New"))
    assert exports(cloud) == {"producer:New"}


@pytest.mark.usefixtures("pair")
def test_what_is_used_cannot_be_another_thing(cloud: Cloud) -> None:
    other: dict[str, Any] = json.loads(producer("Old"))
    other["Outputs"]["Old"]["Value"] = "another"

    assert "Export producer:Old cannot be updated as it is in use by consumer" in refused(cloud, json.dumps(other))
    # What stays as it is stands in nobody's way.
    update(cloud, "producer", producer("Old", days=30))
