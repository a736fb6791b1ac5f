"""How busy a group's machines are: as if each had as many processors as the laptop, which they share."""

import os
import time

from local_aws.groups.record import in_service
from local_aws.groups.tracking import METRIC, PERIOD_SECONDS, Tracker
from local_aws.machines.machines import Machines
from local_aws.ministack.groups import Record


class Busy:
    """What each policy has seen, from one period to the next."""

    def __init__(self, machines: Machines) -> None:
        self._machines = machines
        self._trackers: dict[str, Tracker] = {}
        # By policy: when it looked, and how long each machine's processes had run by then.
        self._before: dict[str, tuple[float, dict[str, float]]] = {}

    def wanted(self, policy: Record, group: Record) -> int | None:
        """Tell how many machines a policy wants, at the end of a period; None before, and of another kind of policy."""
        tracking = policy.get("TargetTrackingConfiguration", {})
        if tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType") != METRIC:
            return None
        arn, now = policy["PolicyARN"], time.monotonic()
        began, before = self._before.get(arn, (now, {}))
        if before and now - began < PERIOD_SECONDS:
            return None
        # Who boots says nothing of visitors.
        have = [self._machines.get(one["InstanceId"]) for one in in_service(group)]
        up = [one for one in have if one and not one.is_booting]
        seconds = {one.instance_id: used for one in up if (used := one.cpu_seconds) is not None}
        self._before[arn] = (now, seconds)
        shares = [max(0.0, used - before[one]) for one, used in seconds.items() if one in before]
        if not shares:
            return None
        average = 100 * sum(shares) / len(shares) / (now - began) / (os.cpu_count() or 1)
        tracker = self._trackers.setdefault(arn, Tracker())
        least = len(have) if tracking.get("DisableScaleIn") else group["MinSize"]
        return tracker.wanted(average, float(tracking["TargetValue"]), len(have), least=least, most=group["MaxSize"])
