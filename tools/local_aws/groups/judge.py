"""Which of a group's machines are well: as EC2 says and, where the group asks for it, as its balancer finds."""

import time

from local_aws.balancers import TIMES_FASTER
from local_aws.balancers.balancers import Balancers
from local_aws.balancers.targets import HEALTHY, UNHEALTHY
from local_aws.machines.machines import Machines
from local_aws.ministack import records
from local_aws.ministack.groups import Key, Record

SETTLING_SECONDS = 3.0


class Judge:
    """Looks at machines, and remembers since when each is up."""

    def __init__(self, machines: Machines, balancers: Balancers) -> None:
        self._machines, self._balancers = machines, balancers
        self._booted: dict[str, float] = {}

    def why_unhealthy(self, key: Key, record: Record, instance_id: str) -> str | None:
        """Say what is wrong with a machine; the balancer has no say while it boots and a while after."""
        state = records.instance_state(key[0], instance_id)
        if state not in ("pending", "running"):
            return f"EC2 says that it is {state}"
        machine = self._machines.get(instance_id)
        if "ELB" not in record["HealthCheckType"] or not machine:
            return None
        if machine.is_booting:
            self._booted.pop(instance_id, None)
            return None
        since = time.monotonic() - self._booted.setdefault(instance_id, time.monotonic())
        # The grace is for the boot, whose end is known here, and for the checks that follow it.
        is_new = since < min(record["HealthCheckGracePeriod"] / TIMES_FASTER, SETTLING_SECONDS)
        return None if is_new or UNHEALTHY not in self._states(key, record, instance_id) else "the balancer finds it so"

    def serves(self, key: Key, record: Record, instance_id: str) -> bool:
        """Tell whether a machine answers visitors."""
        return all(state == HEALTHY for state in self._states(key, record, instance_id))

    def forget(self, instance_id: str) -> None:
        """Remember a machine no more, as it is gone."""
        self._booted.pop(instance_id, None)

    def _states(self, key: Key, record: Record, instance_id: str) -> list[str]:
        """Ask each of the group's balancers; one that has not seen the machine says nothing."""
        groups = record.get("TargetGroupARNs", [])
        return [self._balancers.states(key[0], arn).get(instance_id, ("", ""))[0] for arn in groups]
