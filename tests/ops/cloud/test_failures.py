"""A deploy that failed is explained by what CloudFormation has said since it began."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.cloud.boot_watch import BootWatch
from ops.cloud.failures import say_why
from ops.cloud.here import Here
from ops.verbs import deploy
from tests.ops.fake_aws import FakeAws, Ops

BEGAN = datetime.now(UTC)
ZONE = "Your requested instance type (a) is not supported in your requested Availability Zone (b)."
VPCS = "The maximum number of VPCs has been reached."
TAKEN = "Resource of type 'AWS::Lambda::Function' with identifier 'calculate_mean' already exists."


def events(aws: FakeAws, *said: tuple[int, str], found: tuple[str, ...] = ()) -> None:
    """Say what happened, each so many seconds after the deploy began, the latest first."""
    page = [
        {
            "StackId": "arn",
            "EventId": "1",
            "StackName": "any",
            "Timestamp": BEGAN + timedelta(seconds=seconds),
            "ResourceStatusReason": reason,
        }
        for seconds, reason in said
    ]
    aws.expect("cloudformation", "describe_stack_events", {"StackEvents": page})
    validated: list[dict[str, Any]] = [
        {"Timestamp": BEGAN + timedelta(seconds=1), "ValidationStatusReason": reason} for reason in found
    ]
    aws.expect("cloudformation", "describe_events", {"OperationEvents": validated})


def test_the_messages_since_the_deploy_began(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {}, status="ROLLBACK_COMPLETE")
    events(aws, (9, "Rollback requested by user."), (8, ZONE), (7, ZONE), (-5, VPCS))
    say_why(here, BEGAN)
    said = capsys.readouterr().err
    assert said.strip().splitlines() == [
        "stack Streamlit: this zone has no machine of that type: `make deploy ZONE=auto` chooses one that has"
    ]


def test_what_is_found_before_anything_changes(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.stack("CalculateMean", {}, status="REVIEW_IN_PROGRESS")
    events(aws, found=(TAKEN,))
    aws.no_stack("Streamlit")
    say_why(here, BEGAN)
    assert "stack CalculateMean: the account has something of that name" in capsys.readouterr().err


def test_a_stack_that_takes_no_deploy(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {}, status="UPDATE_ROLLBACK_FAILED")
    events(aws)
    say_why(here, BEGAN)
    assert "continue-update-rollback --stack-name Streamlit" in capsys.readouterr().err


def test_a_missing_permission_is_one_sentence(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {})
    aws.refuse("cloudformation", "describe_stack_events", "AccessDenied")
    say_why(here, BEGAN)
    said = capsys.readouterr().err.strip()
    lacking = "was not read: you lack the permission cloudformation:Describe"
    assert said.startswith(f"what CloudFormation says of the stack Streamlit {lacking}")
    assert len(said.splitlines()) == 1


def test_who_may_not_read_all_hears_what_was_read(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.stack("CalculateMean", {}, status="UPDATE_ROLLBACK_FAILED")
    aws.expect("cloudformation", "describe_stack_events", {"StackEvents": []})
    aws.refuse("cloudformation", "describe_events", "AccessDenied")
    aws.no_stack("Streamlit")
    say_why(here, BEGAN)
    said = capsys.readouterr().err
    assert "stack CalculateMean: mend what its events name" in said
    assert "of the stack CalculateMean was not read" in said


@pytest.mark.parametrize(("status", "explained"), [("exit 7", True), ("kill -INT $$", False), ("exit 0", False)])
def test_a_deploy_that_failed_is_explained(
    aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch, status: str, explained: bool
) -> None:
    monkeypatch.setattr(deploy, "deployed_settings", lambda _: {})
    monkeypatch.setattr(deploy, "offer_removal", lambda *_, **__: None)
    monkeypatch.setattr(BootWatch, "look", lambda _: None)
    if explained:
        aws.no_stack("CalculateMean")
        aws.stack("Streamlit", {}, status="ROLLBACK_COMPLETE")
        events(aws, (86400, VPCS))
    said = ops("deploy", "--", "sh", "-c", status).stderr
    assert ("stack Streamlit: the account has no VPCs left here" in said) is explained
