"""A template that AWS's schemas forbid changes nothing: the change set fails, as AWS's early validation lets it."""

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from local_aws.cloud import Cloud
from tests.local_aws.raw_stacks import delete, plan, reasons, wait

pytestmark = pytest.mark.system

STACK = "validated"


def template(**properties: Any) -> str:
    return json.dumps({"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}})


def test_a_change_set_is_refused_with_the_reason(cloud: Cloud) -> None:
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=template(RetentionInDays=7))
    wait(cloud, STACK, "stack_create_complete")

    change_set = plan(cloud, STACK, template(RetentionInDays=8, Retention=3), [])
    events = cloudformation.describe_events(StackName=STACK, ChangeSetName="next", Filters={"FailedEvents": True})[
        "OperationEvents"
    ]
    told = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    after = plan(cloud, STACK, template(RetentionInDays=14), [])
    delete(cloud, STACK)

    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "AWS::EarlyValidation::PropertyValidation" in change_set["StatusReason"]
    assert {(one["LogicalResourceId"], one["ValidationPath"]) for one in events} == {
        ("Log", "/Resources/Log/Properties"),
        ("Log", "/Resources/Log/Properties/RetentionInDays"),
    }
    assert any(one["ValidationStatusReason"].startswith("8 is none of 1, 3, 5, 7") for one in events)
    assert told == "CREATE_COMPLETE"
    assert after["Status"] == "CREATE_COMPLETE"


def test_without_a_change_set_nothing_is_made_either(cloud: Cloud) -> None:
    cloud.client("cloudformation").create_stack(StackName=STACK, TemplateBody=template(RetentionInDays=8))
    with pytest.raises(WaiterError):
        wait(cloud, STACK, "stack_create_complete")
    why = reasons(cloud, STACK)
    delete(cloud, STACK)

    assert "Validation failed with 1 error(s)" in why
