"""Schedules start and stop machines as on AWS: in their own role, which must trust them and may be denied."""

import json
from datetime import UTC, datetime

from botocore import xform_name

from local_aws.client import client
from local_aws.environment import REGION
from local_aws.ministack import rights, schedules
from local_aws.ministack.schedules import Schedule

SCHEDULER = "scheduler.amazonaws.com"


def install(endpoint: str) -> None:
    """Let them call."""
    looked: dict[Schedule, datetime] = {}

    def look() -> None:
        now = datetime.now(UTC)
        # One that is new, or was changed, begins now; one that is gone is forgotten.
        before = {schedule: looked.get(schedule, now) for schedule in schedules.schedules()}
        looked.clear()
        looked.update(dict.fromkeys(before, now))
        for schedule, then in before.items():
            following = schedule.next_time(then)
            if following and following <= now:
                call(schedule, endpoint)

    schedules.keep_time_zones()
    schedules.look_also(look)


def call(schedule: Schedule, endpoint: str) -> None:
    """Call what one is for. Nobody waits for it, so a refusal is told in the server's log alone."""
    account, role = rights.account_and_name(schedule.role)
    group = f"arn:aws:scheduler:{REGION}:{schedule.account}:schedule-group/{schedule.group}"
    asked = {"aws:sourceaccount": schedule.account, "aws:sourcearn": group}
    try:
        key = rights.assume(account, role, SCHEDULER, schedule.name, asked)
        if not key:
            raise PermissionError(f"role {role} does not trust {SCHEDULER} for {group}")
        service = client(schedule.service, endpoint, key.id, key.secret, key.token)
        getattr(service, xform_name(schedule.call))(**json.loads(schedule.parameters))
    except Exception as error:
        print(f"schedule {schedule.name}: {error}", flush=True)
