"""Keeps every group as it says: as many machines as it wants, each of them well."""

import threading
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from local_aws.balancers.balancers import Balancers
from local_aws.client import client
from local_aws.groups import launching, schedule
from local_aws.groups.busy import Busy
from local_aws.groups.judge import Judge
from local_aws.groups.record import SIZES, TERMINATING, ending, in_service, resize, say, sizes
from local_aws.machines.machines import Machines
from local_aws.ministack import balancers as elb
from local_aws.ministack import groups, records
from local_aws.ministack.groups import Key, Record

LOOK_SECONDS = 0.2


class Keeper:
    """Looks at all groups, on a thread of its own."""

    def __init__(self, machines: Machines, balancers: Balancers) -> None:
        self.machines, self._balancers = machines, balancers
        self.judge = Judge(machines, balancers)
        # Whoever counts a group's machines, and launches or ends some by that.
        self.lock = threading.RLock()
        # Groups that a rolling update counts meanwhile.
        self.rolling: set[Key] = set()
        self._busy = Busy(machines)
        self._ending: set[str] = set()
        self._looked_at = datetime.now(UTC)

    def start(self) -> None:
        """Look again and again from now on."""
        threading.Thread(target=self._look_on, daemon=True, name="groups").start()

    def ec2(self, key: Key) -> Any:
        """Make a client of EC2 for a group's account."""
        return client("ec2", self.machines.endpoint, key[0])

    def _look_on(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            now = datetime.now(UTC)
            for key, record in groups.groups().items():
                try:
                    with self.lock:
                        self._look(key, record, now)
                except Exception:
                    # Another look may do better, as while the embedded AWS ends.
                    traceback.print_exc()
                    time.sleep(1)
            self._looked_at = now

    def _look(self, key: Key, record: Record, now: datetime) -> None:
        suspended = set(record.get("SuspendedProcesses", []))
        if "ScheduledActions" not in suspended:
            self._keep_to_schedule(key, record, now)
        if "HealthCheck" not in suspended:
            for one in [one for one in in_service(record) if one["HealthStatus"] == "Healthy"]:
                if why := self.judge.why_unhealthy(key, record, one["InstanceId"]):
                    one["HealthStatus"] = "Unhealthy"
                    say(record, f"{one['InstanceId']} is unhealthy: {why}")
        if "ReplaceUnhealthy" not in suspended:
            self.retire(key, record, [one for one in in_service(record) if one["HealthStatus"] == "Unhealthy"])
        if key not in self.rolling:
            if "AlarmNotification" not in suspended:
                self._follow_load(key, record)
            self._count(key, record, suspended)
        self._go_on_ending(key, record)

    def _keep_to_schedule(self, key: Key, record: Record, now: datetime) -> None:
        for action in groups.scheduled_actions(key):
            if schedule.is_due(action, self._looked_at, now):
                resize(record, {name: action[name] for name in SIZES if action.get(name, -1) >= 0})
                say(record, f"{action['ScheduledActionName']} is due: {', '.join(map(str, sizes(record)))}")
                if not action.get("Recurrence"):
                    groups.forget_action(key, action)

    def _follow_load(self, key: Key, record: Record) -> None:
        for policy in groups.policies(key):
            wanted = self._busy.wanted(policy, record)
            if wanted is not None and wanted != len(in_service(record)):
                record["DesiredCapacity"] = wanted
                say(record, f"{policy['PolicyName']}: {wanted} machines are wanted")

    def _count(self, key: Key, record: Record, suspended: set[str]) -> None:
        have = in_service(record)
        missing = record["DesiredCapacity"] - len(have)
        if missing > 0 and "Launch" not in suspended:
            self.launch(key, record, missing)
        if missing < 0 and "Terminate" not in suspended:
            # As the default termination policy: those that are no longer what the group launches, then the oldest.
            open_ones = [one for one in have if not one["ProtectedFromScaleIn"]]
            open_ones.sort(key=lambda one: not launching.is_obsolete(record, one))
            self.retire(key, record, open_ones[:-missing])

    def launch(self, key: Key, record: Record, count: int) -> list[str]:
        """Launch machines and put them behind the group's balancer."""
        launched = []
        for _ in range(count):
            one = launching.launch(self.ec2(key), record)
            if one["Spot"] and (instance := records.instance(key[0], one["InstanceId"])):
                instance["InstanceLifecycle"] = "spot"
            record["Instances"].append(one)
            for arn in record.get("TargetGroupARNs", []):
                elb.register(key[0], arn, one["InstanceId"])
            launched.append(one["InstanceId"])
            say(record, f"launched {one['InstanceId']}")
        return launched

    def retire(self, key: Key, record: Record, which: list[Record]) -> None:
        """End machines once who is connected to them has gone."""
        for one in which:
            one["LifecycleState"] = TERMINATING
            for arn in record.get("TargetGroupARNs", []):
                elb.deregister(key[0], arn, one["InstanceId"])
            say(record, f"terminating {one['InstanceId']}")
        if which:
            self._balancers.follow()

    def _go_on_ending(self, key: Key, record: Record) -> None:
        for one in ending(record):
            instance_id = one["InstanceId"]
            if records.instance_state(key[0], instance_id) == "terminated":
                record["Instances"].remove(one)
                self._ending.discard(instance_id)
                self.judge.forget(instance_id)
            elif instance_id not in self._ending and not self._balancers.is_finishing(key[0], instance_id):
                self._ending.add(instance_id)
                asked = {"InstanceIds": [instance_id]}
                threading.Thread(target=self.ec2(key).terminate_instances, kwargs=asked, daemon=True).start()
