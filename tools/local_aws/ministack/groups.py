"""Auto Scaling groups as MiniStack keeps them, which launches nothing by itself."""

from collections.abc import Callable
from typing import Any

from ministack.services import autoscaling, ec2
from ministack.services.cloudformation import provisioners

from local_aws.ministack.calls import Answer, Asked

GROUP = "AWS::AutoScaling::AutoScalingGroup"
Record = dict[str, Any]
# By account, region and name.
Key = tuple[str, str, str]
# What a group has beside what MiniStack keeps.
MORE = ("MixedInstancesPolicy", "TargetGroupARNs", "CapacityRebalance")


def groups() -> dict[Key, Record]:
    """Look at all groups."""
    return dict(autoscaling._asgs.all_items())


def group(name: str) -> Record | None:
    """Open the caller's group of this name."""
    found: Record | None = autoscaling._asgs.get(name)
    return found


def remove(key: Key) -> None:
    """Let a group be no more."""
    for store in (autoscaling._asgs, autoscaling._tags):
        store.pop_scoped(*key, None)


def scheduled_actions(key: Key) -> list[Record]:
    """List a group's scheduled actions."""
    return _of(autoscaling._scheduled_actions, key)


def policies(key: Key) -> list[Record]:
    """List a group's scaling policies."""
    return _of(autoscaling._policies, key)


def _of(store: Any, key: Key) -> list[Record]:
    known = [one for owner, one in store.all_items() if owner[:2] == key[:2]]
    return [one for one in known if one["AutoScalingGroupName"] == key[2]]


def forget_action(key: Key, action: Record) -> None:
    """Let a scheduled action be no more."""
    autoscaling._scheduled_actions.pop_scoped(*key[:2], f"{key[2]}/{action['ScheduledActionName']}")


def launch_nothing() -> None:
    """Leave the instances of groups to us, and keep what of a template MiniStack does not."""
    autoscaling._reconcile_instances = lambda _group: None
    fields = provisioners._asg_fields

    def with_more(props: Record) -> Record:
        kept: Record = fields(props)
        return kept | {name: props[name] for name in MORE if name in props}

    provisioners._asg_fields = with_more
    _show_more()


def _show_more() -> None:
    """Describe what of a group MiniStack does not, and of an instance that it is on Spot."""
    describe, of_instance, of_ec2 = autoscaling._describe_asgs, autoscaling._instance_member_xml, ec2._instance_xml

    def described(asked: Asked) -> Answer:
        status, headers, body = describe(asked)
        text = body.decode()
        for name, record in autoscaling._asgs.items():
            more = {name: record[name] for name in MORE if record.get(name)}
            more["SuspendedProcesses"] = [{"ProcessName": one} for one in record.get("SuspendedProcesses", [])]
            begins = f"<AutoScalingGroupName>{name}</AutoScalingGroupName><AutoScalingGroupARN>"
            text = text.replace(begins, autoscaling._member_xml(more) + begins)
        return status, headers, text.encode()

    def with_type(instance: Record, *rest: Any, **more: Any) -> str:
        shown: str = of_instance(instance, *rest, **more)
        return shown.replace("</member>", f"<InstanceType>{instance['InstanceType']}</InstanceType></member>")

    def with_lifecycle(instance: Record, *rest: Any) -> str:
        shown: str = of_ec2(instance, *rest)
        lifecycle = instance.get("InstanceLifecycle")
        id_ = f"<instanceId>{instance['InstanceId']}</instanceId>"
        return shown.replace(id_, f"{id_}<instanceLifecycle>{lifecycle}</instanceLifecycle>", 1) if lifecycle else shown

    autoscaling._ACTION_MAP["DescribeAutoScalingGroups"] = described
    autoscaling._instance_member_xml = with_type
    ec2._instance_xml = with_lifecycle


def answer(action: str, ours: Callable[[dict[str, str]], str]) -> None:
    """Answer a call to Auto Scaling ourselves; what is given back is its result."""

    def answered(asked: dict[str, str], _go_on: Callable[[], Answer]) -> Answer:
        told: Answer = autoscaling._xml(200, f"{action}Response", ours(asked))
        return told

    around(action, answered)


def around(action: str, ours: Callable[[dict[str, str], Callable[[], Answer]], Answer]) -> None:
    """Put something around one of Auto Scaling's calls, which may refuse it by a ValueError."""
    theirs = autoscaling._ACTION_MAP.get(action)

    def answered(asked: dict[str, str]) -> Answer:
        try:
            return ours(asked, lambda: theirs(asked))
        except ValueError as error:
            refused: Answer = autoscaling._error("ValidationError", str(error))
            return refused

    autoscaling._ACTION_MAP[action] = answered


def check_schedules(ours: Callable[[Record], None]) -> None:
    """Look at each scheduled action before it is kept, or refuse it by a ValueError."""
    record_of = autoscaling._scheduled_action_record

    def checked(*given: Any) -> Record:
        made: Record = record_of(*given)
        ours(made)
        return made

    autoscaling._scheduled_action_record = checked


def listed(asked: dict[str, str], name: str) -> list[str]:
    """Read a list that a call passes."""
    found: list[str] = autoscaling._parse_member_list(asked, name)
    return found
