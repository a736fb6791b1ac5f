"""Which operation a stack's events are of: the CDK command line tells the reasons of the newest attempt only."""

import json
from typing import Any

import pytest

from local_aws.cloud import Cloud
from tests.local_aws.raw_stacks import delete, wait

pytestmark = pytest.mark.system

STACK = "attempts"
KEPT = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "attempts"}}


def template(**more: Any) -> str:
    return json.dumps({"Resources": {"Log": KEPT, **more}})


def wrong(name: str) -> dict[str, Any]:
    """Draw what is refused."""
    return {"Type": "AWS::EC2::KeyPair", "Properties": {"KeyName": name, "PublicKeyMaterial": "nothing"}}


def test_each_attempt_and_each_rollback_is_an_operation(cloud: Cloud) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=template())
    wait(cloud, STACK, "stack_create_complete")
    for name in ("First", "Second"):
        cloudformation.update_stack(StackName=STACK, TemplateBody=template(**{name: wrong(name)}))
        wait(cloud, STACK, "stack_rollback_complete")
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    delete(cloud, STACK)

    rollback, attempt, *_ = dict.fromkeys(event["OperationId"] for event in events)
    assert len({event["OperationId"] for event in events}) == 5
    told = {event["LogicalResourceId"] for event in events if event["OperationId"] == attempt}
    assert "Second" in told
    assert "First" not in told
    statuses = [event["ResourceStatus"] for event in events if event["OperationId"] == rollback]
    assert {"UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"} <= set(statuses)
