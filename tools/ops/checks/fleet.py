"""Whether a fleet has the machines that it wants, whether its balancer finds them well, and why not."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.answers.errors import in_words
from ops.answers.spelling import ops
from ops.checks import Check
from ops.cloud.balancer import HEALTHY, find_health
from ops.cloud.fleet import Fleet
from ops.cloud.here import Here
from ops.cloud.meanings import meaning
from stacks.registry import PAGE

# What failed earlier the group has tried again since.
RECENT = timedelta(hours=1)
# Of a machine that comes or goes nothing is wrong.
PASSING = ("initial", "draining", "unused")


def check_fleet(here: Here, fleet: Fleet) -> Iterator[Check]:
    """Look at the group, at each machine, and at what the group has tried in vain."""
    missing = len(fleet.members) < fleet.wanted
    start = f"`{ops('start', here.copy)}`" if fleet.stopped else ""
    yield Check("Fleet", not fleet.stopped and not missing, fleet.numbers, start)
    try:
        for machine, health in find_health(here, fleet).items():
            logs = f"`{ops(f'logs app --machine {machine}', here.copy)}`, and `boot` in the place of `app`"
            well = None if health.state in PASSING else health.state == HEALTHY
            yield Check(f"Machine {machine}", well, health.words, logs if well is False else "")
        if failed := _failed_lately(here, fleet):
            why = str(failed.get("StatusMessage", failed["Description"]))
            step = meaning(why, here.stack_name(PAGE), here.copy) or ""
            yield Check("Scaling", False if missing else None, why, step)
    except Exception as error:
        yield Check("Machines", None, in_words(error))


def _failed_lately(here: Here, fleet: Fleet) -> Mapping[str, Any] | None:
    """Give the latest that failed, such as for want of Spot machines."""
    answer = here.aws.client("autoscaling").describe_scaling_activities(AutoScalingGroupName=fleet.name, MaxRecords=20)
    since = datetime.now(UTC) - RECENT
    lately = (activity for activity in answer["Activities"] if activity["StartTime"] >= since)
    return next((activity for activity in lately if activity["StatusCode"] == "Failed"), None)
