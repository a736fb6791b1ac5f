"""AWS::AutoScaling::AutoScalingGroup: its machines, which signal when it is made and at each step of a rolling update.

As CloudFormation's reference has them, "CreationPolicy attribute" and "UpdatePolicy attribute".
"""

import threading
from typing import Any

from local_aws.groups.keeper import Keeper
from local_aws.groups.record import SIZES, in_service, resize
from local_aws.groups.replacing import Signals, replace_obsolete
from local_aws.ministack import groups, records, resources, signals, stacks
from local_aws.ministack.groups import GROUP, Key, Record
from local_aws.ministack.resources import Create, Made, Properties


class Group:
    """The resource."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def install(self) -> None:
        """Put it behind CloudFormation."""
        groups.launch_nothing()
        resources.wrap_create(GROUP, self._creating)
        resources.wrap_update(GROUP, self._updating)
        resources.wrap_delete(GROUP, self._deleting)
        resources.send_back(GROUP)
        signals.take_in_rollbacks()

    def _creating(self, create: Create) -> Create:
        def create_group(logical_id: str, props: Properties, stack_name: str) -> Made:
            with self._keeper.lock:
                made = create(logical_id, props, stack_name)
                key, record = _find(made[0])
                _pass_on_tags(record, props)
            policy = stacks.definition(stack_name, logical_id).get("CreationPolicy") or {}
            try:
                with self._keeper.lock:
                    launched = self._keeper.launch(key, record, record["DesiredCapacity"])
                if "ResourceSignal" in policy:
                    self._signals(stack_name, logical_id).wait(policy["ResourceSignal"] or {}, launched)
            except Exception:
                self._end(key, record)
                raise
            return made

        return create_group

    def _updating(self, update: Any) -> Any:
        def update_group(name: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
            key, record = _find(name)
            policy = stacks.definition(stack_name, logical_id).get("UpdatePolicy") or {}
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
                replace_obsolete(self._keeper, key, record, rolling, self._signals(stack_name, logical_id))
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

    def _signals(self, stack_name: str, logical_id: str) -> Signals:
        return Signals(stack_name, logical_id, self._keeper.machines.failure)

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
