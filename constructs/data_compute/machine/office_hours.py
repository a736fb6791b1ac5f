"""The hours in which a machine runs: started in the morning, stopped in the evening, by two schedules."""

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from data_compute.findings import acknowledge_inline_policy
from data_compute.hours import Hours
from data_compute.shared_types import Machine, check_machine

# A machine that is started a day late runs at night: AWS would go on for that long.
LATEST_SECONDS = 3600
MOST_TRIES = 10


class OfficeHours(Construct):
    """Starts one machine and stops it, at times of a week in a time zone; its address and its disk stay.

    EventBridge Scheduler calls EC2 itself, at no cost that is billed, in a role that may start and stop this one
    machine::

        OfficeHours(self, "Hours", machine=server, start="08:00", stop="19:00", timezone="Europe/Berlin")

    A machine that is replaced is stopped and started from when it is well: until then the schedules are the old one's,
    so no stop ends a boot that CloudFormation waits for. What somebody starts or stops by hand stays so until the next
    of both times. On the day on which clocks are set forward, AWS leaves out a time that there is not.

    :param machine: a ``StreamlitServer``, or an ``ec2.Instance``. A fleet has its own ``scale_on_schedule``.
    :param start: when it is started, such as ``08:00``.
    :param stop: when it is stopped; where that is before ``start``, on the day after.
    :param timezone: by whose clock, such as ``Europe/Berlin``.
    :param days: on which it is started, such as ``MON-FRI`` or ``MON,WED``. Default: ``MON-FRI``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine: Machine,
        start: str,
        stop: str,
        timezone: str,
        days: str = "MON-FRI",
    ) -> None:
        super().__init__(scope, construct_id)
        check_machine(machine)
        self.hours = Hours(start=start, stop=stop, days=days, timezone=timezone)
        self.group = scheduler.CfnScheduleGroup(self, "Group")
        self.role = self._define_role(machine)
        self.start = self._define_schedule("Start", machine, "startInstances", start, self.hours.start_days)
        self.stop = self._define_schedule("Stop", machine, "stopInstances", stop, self.hours.stop_days)

    def _define_role(self, machine: Machine) -> iam.Role:
        arn = Stack.of(self).format_arn(
            service="ec2",
            resource="instance",
            resource_name=machine.instance_id,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        power = iam.PolicyStatement(actions=["ec2:StartInstances", "ec2:StopInstances"], resources=[arn])
        # Else whoever may make a schedule, in any account, could have the scheduler act in this role.
        ours = {"aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": self.group.attr_arn}
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions={"StringEquals": ours}),
            # In the role itself, so that it may act as soon as there is a schedule.
            inline_policies={"Power": iam.PolicyDocument(statements=[power])},
        )
        acknowledge_inline_policy(role)
        return role

    def _define_schedule(
        self, construct_id: str, machine: Machine, call: str, at: str, days: list[str]
    ) -> scheduler.CfnSchedule:
        hour, minute = map(int, at.split(":"))
        return scheduler.CfnSchedule(
            self,
            construct_id,
            group_name=self.group.ref,
            schedule_expression=f"cron({minute} {hour} ? * {','.join(days)} *)",
            schedule_expression_timezone=self.hours.timezone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=f"arn:{Aws.PARTITION}:scheduler:::aws-sdk:ec2:{call}",
                role_arn=self.role.role_arn,
                input=Stack.of(self).to_json_string({"InstanceIds": [machine.instance_id]}),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=LATEST_SECONDS, maximum_retry_attempts=MOST_TRIES
                ),
            ),
        )
