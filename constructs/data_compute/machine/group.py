"""Several machines of a template, over several zones, of which CloudFormation believes each once it says it is well."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import CfnCreationPolicy, CfnResourceSignal, Duration, Tags
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IDependable

from data_compute.findings import acknowledge
from data_compute.machine.instance import LONGEST_BOOT
from data_compute.machine.launch_template import MachineTemplate
from data_compute.machine.spot import alternatives


def define_group(
    scope: Construct,
    construct_id: str,
    *,
    template: MachineTemplate,
    vpc: ec2.IVpc,
    subnets: Sequence[ec2.ISubnet],
    least: int,
    most: int,
    spot: bool,
    needs: Sequence[IDependable],
) -> autoscaling.AutoScalingGroup:
    """Define the group. A new version of its template replaces its machines, one after the other.

    :param needs: what must be there before a machine boots, besides its own rights.
    """
    launch_template = template.launch_template
    group = autoscaling.AutoScalingGroup(
        scope,
        construct_id,
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
        # By its newest version's number, so that each change of it is one of the group.
        launch_template=None if spot else launch_template,
        mixed_instances_policy=_mostly_spot(template) if spot else None,
        capacity_rebalance=True if spot else None,
        min_capacity=least,
        max_capacity=most,
        # Of a machine that boots, the balancer says that it is not well; of one that never is, it says so for good.
        health_checks=autoscaling.HealthChecks.with_additional_checks(
            grace_period=LONGEST_BOOT, additional_types=[autoscaling.AdditionalHealthCheckType.ELB]
        ),
        # A boot takes a whole processor, which must not call for yet another machine.
        default_instance_warmup=Duration.minutes(10),
        # Meanwhile no schedule and no alarm; what is ill is looked at again when it is over.
        update_policy=autoscaling.UpdatePolicy.rolling_update(
            max_batch_size=1, min_instances_in_service=least, wait_on_resource_signals=True, pause_time=LONGEST_BOOT
        ),
    )
    resource = cast(autoscaling.CfnAutoScalingGroup, group.node.default_child)
    # By itself: the CDK's own word for it gives the role a right that no signal needs.
    resource.cfn_options.creation_policy = CfnCreationPolicy(
        resource_signal=CfnResourceSignal(count=least, timeout=LONGEST_BOOT.to_iso_string())
    )
    template.signal_for(resource.logical_id)
    # What scales by the processors looks at each minute.
    template.measure_each_minute()
    Tags.of(group).add("Name", group.node.path)
    group.node.add_dependency(template.rights, template.role, *needs)
    _give_reasons(group, spot=spot)
    return group


def _mostly_spot(template: MachineTemplate) -> autoscaling.MixedInstancesPolicy:
    """Keep one machine on demand, which nobody takes back, and ask for the rest where most is to be had cheaply."""
    return autoscaling.MixedInstancesPolicy(
        launch_template=template.launch_template,
        instances_distribution=autoscaling.InstancesDistribution(
            on_demand_base_capacity=1,
            on_demand_percentage_above_base_capacity=0,
            on_demand_allocation_strategy=autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
            spot_allocation_strategy=autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
        ),
        launch_template_overrides=[
            autoscaling.LaunchTemplateOverrides(instance_type=ec2.InstanceType(name))
            for name in alternatives(template.instance_type.to_string())
        ],
    )


def _give_reasons(group: autoscaling.AutoScalingGroup, *, spot: bool) -> None:
    acknowledge(
        group,
        "AS3",
        "A group makes and ends machines all day, and nobody would read a message of each; its activities are kept for "
        "six weeks.",
    )
    acknowledge(
        group,
        "EC2IMDSv2Enabled",
        "The metadata service answers version 2 alone: the launch template says so, where the rule does not look.",
    )
    if spot:
        acknowledge(
            group,
            "EC26",
            "The disks are encrypted: the launch template says so, which the rule does not find beside several types.",
        )
