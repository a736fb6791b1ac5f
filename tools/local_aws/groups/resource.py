"""AWS::AutoScaling::AutoScalingGroup: its machines, which signal when it is made and at each step of a rolling update.

As CloudFormation's reference has them, "CreationPolicy attribute" and "UpdatePolicy attribute".
"""

import threading
import time
from typing import Any

from local_aws.balancers import TIMES_FASTER
from local_aws.groups.keeper import SIZES, Keeper, in_service, resize
from local_aws.groups.launching import is_obsolete
from local_aws.groups.rolling import Rolling
from local_aws.ministack import groups, records, resources, stacks
from local_aws.ministack.groups import GROUP, Key, Record
from local_aws.ministack.resources import Create, Made, Properties

LOOK_SECONDS = 0.05
PAUSE = "PT5M"


class Group:
    """The resource."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        groups.launch_nothing()
        resources.wrap_create(GROUP, self._creating)
        resources.wrap_update(GROUP, self._updating)
        resources.wrap_delete(GROUP, self._deleting)
        resources.send_back(GROUP)
        stacks.take_signals_in_rollbacks()

    def _creating(self, create: Create) -> Create:
        def create_group(logical_id: str, props: Properties, stack_name: str) -> Made:
            with self._keeper.lock:
                made = create(logical_id, props, stack_name)
                key, record = _find(made[0])
                _pass_on_tags(record, props)
            policy = resources.resource_definition(stack_name, logical_id).get("CreationPolicy") or {}
            try:
                with self._keeper.lock:
                    launched = self._keeper.launch(key, record, record["DesiredCapacity"])
                if "ResourceSignal" in policy:
                    self._await_signals(stack_name, logical_id, policy["ResourceSignal"] or {}, launched)
            except Exception:
                self._end(key, record)
                raise
            return made

        return create_group

    def _updating(self, update: Any) -> Any:
        def update_group(name: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
            key, record = _find(name)
            policy = resources.resource_definition(stack_name, logical_id).get("UpdatePolicy") or {}
            leaves_sizes = str(
                policy.get("AutoScalingScheduledAction", {}).get("IgnoreUnmodifiedGroupSizeProperties")
            ).lower()
            with self._keeper.lock:
                before = {size: record[size] for size in SIZES}
                made: Made = update(name, old, new, stack_name, logical_id)
                _pass_on_tags(record, new)
                if leaves_sizes == "true" and all(old.get(size) == new.get(size) for size in SIZES):
                    record |= before
                elif "DesiredCapacity" not in new:
                    record["DesiredCapacity"] = before["DesiredCapacity"]
                    resize(record, {})
            if rolling := policy.get("AutoScalingRollingUpdate"):
                self._roll(key, record, rolling, stack_name, logical_id)
            # Not where it fails: else the group would be counted before the rollback has begun.
            self._keeper.rolling.discard(key)
            return made

        return update_group

    def _deleting(self, delete: Any) -> Any:
        def delete_group(name: str, *rest: Any) -> None:
            if groups.group(name):
                self._end(*_find(name))
            delete(name, *rest)

        return delete_group

    def _roll(self, key: Key, record: Record, policy: Record, stack_name: str, logical_id: str) -> None:
        """Replace what the group would no longer launch, by batches."""
        if not any(is_obsolete(record, one) for one in in_service(record)):
            return
        before = {name: record[name] for name in ("MinSize", "DesiredCapacity")}
        suspended = record.get("SuspendedProcesses", [])
        rolling = Rolling.of(policy, record["DesiredCapacity"], record["MaxSize"])
        meanwhile = {"MinSize": rolling.size, "DesiredCapacity": rolling.size}
        try:
            with self._keeper.lock:
                self._keeper.rolling.add(key)
                record |= meanwhile | {"SuspendedProcesses": [*suspended, *policy.get("SuspendProcesses", [])]}
            while True:
                with self._keeper.lock:
                    have = in_service(record)
                    old = [one for one in have if is_obsolete(record, one)]
                    end, begin = rolling.step(len(old), len(have) - len(old))
                    ends = sorted(old, key=lambda one: self._keeper.serves(key, record, one))[:end]
                    self._keeper.retire(key, record, ends)
                    launched = self._keeper.launch(key, record, begin)
                if launched:
                    self._await_new(policy, stack_name, logical_id, launched)
                self._wait_until_gone(record, [one["InstanceId"] for one in ends])
                if not ends and not launched:
                    return
        finally:
            with self._keeper.lock:
                record |= before | {"SuspendedProcesses": suspended}

    def _await_new(self, policy: Record, stack_name: str, logical_id: str, launched: list[str]) -> None:
        pause = policy.get("PauseTime", PAUSE)
        if str(policy.get("WaitOnResourceSignals")).lower() == "true":
            signal = {"Count": len(launched), "Timeout": pause}
            self._await_signals(stack_name, logical_id, signal, launched)
        else:
            time.sleep(resources.seconds(pause, logical_id) / TIMES_FASTER)

    def _await_signals(self, stack_name: str, logical_id: str, signal: Record, launched: list[str]) -> None:
        try:
            resources.wait_for_signals(stack_name, logical_id, GROUP, signal)
        except Exception as error:
            reasons = [reason for one in launched if (reason := self._keeper.machines.failure(one))]
            told = f"The machine did not come up: {'; '.join(reasons)}" if reasons else str(error)
            raise ValueError(told.replace("WaitCondition", "Group")) from error

    def _wait_until_gone(self, record: Record, instance_ids: list[str]) -> None:
        while any(one["InstanceId"] in instance_ids for one in record["Instances"]):
            time.sleep(LOOK_SECONDS)

    def _end(self, key: Key, record: Record) -> None:
        """End all machines of a group that is to be no more, for which nobody waits."""
        with self._keeper.lock:
            resize(record, dict.fromkeys(SIZES, 0))
            self._keeper.retire(key, record, in_service(record))
            left = [one["InstanceId"] for one in record["Instances"] if records.instance(key[0], one["InstanceId"])]
        ending = [
            threading.Thread(target=self._keeper.ec2(key).terminate_instances, kwargs={"InstanceIds": [one]})
            for one in left
        ]
        for one in ending:
            one.start()
        for one in ending:
            one.join()
        groups.remove(key)


def _find(name: str) -> tuple[Key, Record]:
    record = groups.group(name)
    if record is None:
        raise ValueError(f"the Auto Scaling group {name} is gone: it was deleted by hand")
    return next(key for key, one in groups.groups().items() if one is record), record


def _pass_on_tags(record: Record, props: Properties) -> None:
    """Tags of the stack, and CloudFormation's own, go on to the machines; the group's own as they say."""
    own = {one["Key"]: one.get("PropagateAtLaunch") for one in props.get("Tags", [])}
    for tag in record["Tags"]:
        tag["PropagateAtLaunch"] = str(own.get(tag["Key"])).lower() != "false"
