"""What `OfficeHours` deploys stops and starts the very machine of `up`, in its own role, and no other."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_cdk import App, Stack

from data_compute import OfficeHours
from stacks.application import default_context
from tests.local_aws.checkout import Checkout, wait_until
from tests.local_aws.raw_stacks import delete, describe, wait
from tests.templates import synthesized

pytestmark = pytest.mark.system

NAME = "Hours"


class Given:
    """A machine that is there already."""

    def __init__(self, instance_id: str) -> None:
        self.instance_id = instance_id


class Hours:
    """The schedules as they are deployed."""

    def __init__(self, up: Checkout) -> None:
        self.machine = up.deployed().instance_id
        self._up = up
        self._scheduler = up.cloud.client("scheduler")
        self._group = self._scheduler.list_schedule_groups(NamePrefix=NAME)["ScheduleGroups"][0]["Name"]

    def read(self, which: str) -> dict[str, Any]:
        """Give the schedule that starts or stops."""
        names = [one["Name"] for one in self._scheduler.list_schedules(GroupName=self._group)["Schedules"]]
        found: dict[str, Any] = self._scheduler.get_schedule(
            GroupName=self._group, Name=next(name for name in names if which in name)
        )
        return found

    def call_soon(self, which: str, machine: str) -> None:
        """Let it call in two seconds, by its own clock, and never after."""
        known = self.read(which)
        there = known["ScheduleExpressionTimezone"]
        assert there == "Asia/Tokyo"
        soon = datetime.now(UTC) + timedelta(hours=9, seconds=2)
        self._scheduler.update_schedule(
            GroupName=self._group,
            Name=known["Name"],
            ScheduleExpression=f"at({soon:%Y-%m-%dT%H:%M:%S})",
            ScheduleExpressionTimezone=there,
            FlexibleTimeWindow=known["FlexibleTimeWindow"],
            Target=known["Target"] | {"Input": json.dumps({"InstanceIds": [machine]})},
        )

    def state(self) -> str:
        """Tell how the machine is."""
        return str(describe(self._up.cloud, self.machine)["State"]["Name"])


@pytest.fixture
def hours(up: Checkout) -> Iterator[Hours]:
    stack = Stack(App(context=default_context()), NAME)
    machine = Given(up.deployed().instance_id)
    OfficeHours(stack, NAME, machine=machine, start="08:00", stop="19:00", timezone="Asia/Tokyo")
    asked = {"TemplateBody": json.dumps(synthesized(stack)), "Capabilities": ["CAPABILITY_IAM"]}
    up.cloud.client("cloudformation").create_stack(StackName=NAME, **asked)
    wait(up.cloud, NAME, "stack_create_complete")
    yield Hours(up)
    delete(up.cloud, NAME)


def test_schedules_stop_and_start_the_very_machine(up: Checkout, hours: Hours) -> None:
    page = up.deployed()
    assert hours.read("Start")["ScheduleExpression"] == "cron(0 8 ? * MON,TUE,WED,THU,FRI *)"

    hours.call_soon("Start", hours.machine)
    hours.call_soon("Stop", "i-0123456789abcdef0")
    denied = "is not authorized to perform: ec2:StopInstances"
    log = up.cloud.state.server_log
    wait_until(lambda: denied in log.read_text(encoding="utf-8"), 20)
    # Started twice, it runs on.
    assert (hours.state(), page.page_status()) == ("running", 200)

    hours.call_soon("Stop", hours.machine)
    wait_until(lambda: page.page_status() == 0, 20)
    assert hours.state() == "stopped"
    hours.call_soon("Start", hours.machine)
    wait_until(lambda: page.page_status() == 200, 60)
