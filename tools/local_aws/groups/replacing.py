"""A rolling update: it replaces, by batches, what a group would no longer launch, and waits for each batch's signals.

As CloudFormation's reference has it, "UpdatePolicy attribute".
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from local_aws.balancers import TIMES_FASTER
from local_aws.groups.keeper import Keeper
from local_aws.groups.launching import is_obsolete
from local_aws.groups.record import in_service
from local_aws.groups.rolling import Rolling
from local_aws.ministack import signals
from local_aws.ministack.groups import GROUP, Key, Record

LOOK_SECONDS = 0.05
PAUSE = "PT5M"


@dataclass(frozen=True)
class Signals:
    """The signals of the machines of one group, which a stack knows by its logical id."""

    stack_name: str
    logical_id: str
    failure: Callable[[str], str | None]

    def wait(self, policy: Record, launched: list[str]) -> None:
        """Wait for what a ResourceSignal asks, or raise what the machines themselves say."""
        try:
            signals.wait_for(self.stack_name, self.logical_id, GROUP, policy)
        except Exception as error:
            reasons = [reason for one in launched if (reason := self.failure(one))]
            raise ValueError(signals.why(error, reasons, "Group")) from error

    def wait_for_batch(self, policy: Record, launched: list[str]) -> None:
        """Wait as an update policy says, once a batch is launched."""
        pause = policy.get("PauseTime", PAUSE)
        if str(policy.get("WaitOnResourceSignals")).lower() == "true":
            self.wait({"Count": len(launched), "Timeout": pause}, launched)
        else:
            time.sleep(signals.seconds(pause, self.logical_id) / TIMES_FASTER)


def replace_obsolete(keeper: Keeper, key: Key, record: Record, policy: Record, heard: Signals) -> None:
    """Replace a group's machines as its update policy says."""
    if not any(is_obsolete(record, one) for one in in_service(record)):
        return
    before = {name: record[name] for name in ("MinSize", "DesiredCapacity")}
    suspended = record.get("SuspendedProcesses", [])
    rolling = Rolling.of(policy, record["DesiredCapacity"], record["MaxSize"])
    meanwhile = {"MinSize": rolling.size, "DesiredCapacity": rolling.size}
    try:
        with keeper.lock:
            keeper.rolling.add(key)
            record |= meanwhile | {"SuspendedProcesses": [*suspended, *policy.get("SuspendProcesses", [])]}
        while True:
            with keeper.lock:
                have = in_service(record)
                old = [one for one in have if is_obsolete(record, one)]
                end, begin = rolling.step(len(old), len(have) - len(old))
                ends = sorted(old, key=lambda one: keeper.judge.serves(key, record, one["InstanceId"]))[:end]
                keeper.retire(key, record, ends)
                launched = keeper.launch(key, record, begin)
            if launched:
                heard.wait_for_batch(policy, launched)
            _wait_until_gone(record, [one["InstanceId"] for one in ends])
            if not ends and not launched:
                return
    finally:
        with keeper.lock:
            record |= before | {"SuspendedProcesses": suspended}


def _wait_until_gone(record: Record, instance_ids: list[str]) -> None:
    while any(one["InstanceId"] in instance_ids for one in record["Instances"]):
        time.sleep(LOOK_SECONDS)
