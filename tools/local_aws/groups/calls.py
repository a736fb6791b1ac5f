"""What a person asks of a group by Auto Scaling's own calls: other sizes, a pause, another machine."""

from collections.abc import Callable

from local_aws.groups import schedule
from local_aws.groups.keeper import Keeper
from local_aws.groups.record import SIZES, in_service, resize, sizes
from local_aws.ministack import groups
from local_aws.ministack.calls import Answer
from local_aws.ministack.groups import Key, Record

Asked = dict[str, str]
# As the Auto Scaling guide lists them, "Suspend and resume processes".
PROCESSES = (
    *("Launch", "Terminate", "AddToLoadBalancer", "AlarmNotification", "AZRebalance", "HealthCheck"),
    *("InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions"),
)


def install(keeper: Keeper) -> None:
    """Answer them."""
    groups.around("UpdateAutoScalingGroup", _within_sizes)
    groups.around("SetDesiredCapacity", _within_sizes)
    # Theirs, but for what is refused by a schedule that is none.
    groups.around("PutScheduledUpdateGroupAction", lambda _asked, go_on: go_on())
    groups.check_schedules(schedule.check)
    groups.answer("SuspendProcesses", _suspend)
    groups.answer("ResumeProcesses", _resume)
    groups.answer("SetInstanceHealth", _set_health)
    groups.answer("TerminateInstanceInAutoScalingGroup", lambda asked: _terminate(keeper, asked))


def _within_sizes(asked: Asked, go_on: Callable[[], Answer]) -> Answer:
    """Refuse sizes that contradict each other, as Auto Scaling does; what is wanted and not told goes along."""
    record = groups.group(asked.get("AutoScalingGroupName", ""))
    if record is None:
        return go_on()
    after = {size: record[size] for size in SIZES}
    resize(after, {size: int(asked[size]) for size in SIZES if asked.get(size)})
    least, most, wanted = sizes(after)
    if least > most:
        raise ValueError(f"Min size:{least} must not exceed max size:{most}")
    if wanted < least:
        raise ValueError(f"Desired capacity:{wanted} must be above or equal to min size:{least}")
    if wanted > most:
        raise ValueError(f"Desired capacity:{wanted} must be below or equal to max size:{most}")
    answer = go_on()
    record |= after
    return answer


def _suspend(asked: Asked) -> str:
    record, named = _group(asked), _processes(asked)
    record["SuspendedProcesses"] = sorted({*record.get("SuspendedProcesses", []), *named})
    return ""


def _resume(asked: Asked) -> str:
    record, named = _group(asked), _processes(asked)
    record["SuspendedProcesses"] = [one for one in record.get("SuspendedProcesses", []) if one not in named]
    return ""


def _processes(asked: Asked) -> list[str]:
    named = groups.listed(asked, "ScalingProcesses") or list(PROCESSES)
    if unknown := [one for one in named if one not in PROCESSES]:
        raise ValueError(f"Invalid scaling processes: {', '.join(unknown)}: use {', '.join(PROCESSES)}")
    return named


def _set_health(asked: Asked) -> str:
    _, one = _instance(asked)
    one["HealthStatus"] = asked["HealthStatus"]
    return ""


def _terminate(keeper: Keeper, asked: Asked) -> str:
    key, one = _instance(asked)
    record = groups.groups()[key]
    with keeper.lock:
        if str(asked["ShouldDecrementDesiredCapacity"]).lower() == "true":
            least, _, wanted = sizes(record)
            if wanted <= least:
                raise ValueError(
                    f"Currently, desiredSize equals minSize ({least}). Terminating instance without replacement "
                    "will violate group's min size constraint."
                )
            record["DesiredCapacity"] -= 1
        keeper.retire(key, record, [one])
    told = f"<Description>Terminating EC2 instance {one['InstanceId']}</Description><StatusCode>InProgress</StatusCode>"
    result = "TerminateInstanceInAutoScalingGroupResult"
    return f"<{result}><Activity>{told}</Activity></{result}>"


def _group(asked: Asked) -> Record:
    record = groups.group(asked["AutoScalingGroupName"])
    if record is None:
        raise ValueError(f"AutoScalingGroup name not found - there is no {asked['AutoScalingGroupName']}")
    return record


def _instance(asked: Asked) -> tuple[Key, Record]:
    wanted = asked["InstanceId"]
    for key, record in groups.groups().items():
        for one in in_service(record):
            if one["InstanceId"] == wanted:
                return key, one
    raise ValueError(f"Instance Id not found - No managed instance found for instance ID {wanted}")
