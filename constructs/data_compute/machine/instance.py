"""One machine of a template, in one subnet, which CloudFormation believes in only once it says that it is well."""

from collections.abc import Sequence

from aws_cdk import CfnCreationPolicy, CfnResourceSignal, CfnTag, Duration
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IDependable

from data_compute.findings import acknowledge
from data_compute.machine.contract import BOOT_FILES, read_contract
from data_compute.machine.launch_template import MachineTemplate

# A boot takes several minutes, as a new t4g.small has 0.4 of a processor. After this, CloudFormation gives the machine
# up: it leaves room for all that the user data may wait for, which is the system's own start, the files, boot.sh, the
# log and the signal.
LONGEST_BOOT = Duration.seconds(int(read_contract(BOOT_FILES)["BOOT_SECONDS"]) + 7 * 60)


def define_instance(
    scope: Construct, construct_id: str, *, template: MachineTemplate, needs: Sequence[IDependable]
) -> ec2.CfnInstance:
    """Define the instance. A new version of its template replaces it.

    :param needs: what must be there before it boots, besides its own rights.
    """
    launch_template = template.launch_template
    instance = ec2.CfnInstance(
        scope,
        construct_id,
        launch_template=ec2.CfnInstance.LaunchTemplateSpecificationProperty(
            launch_template_id=launch_template.launch_template_id, version=launch_template.latest_version_number
        ),
        tags=[CfnTag(key="Name", value=f"{scope.node.path}/{construct_id}")],
    )
    instance.cfn_options.creation_policy = CfnCreationPolicy(
        resource_signal=CfnResourceSignal(count=1, timeout=LONGEST_BOOT.to_iso_string())
    )
    template.signal_for(instance.logical_id)
    instance.node.add_dependency(template.rights, template.role, *needs)
    _give_reasons(instance)
    return instance


def _give_reasons(instance: ec2.CfnInstance) -> None:
    monitoring = (
        "Detailed monitoring costs two dollars a month, a sixth of the machine; five-minute metrics tell a "
        "data scientist whether the app is busy."
    )
    acknowledge(instance, "EC28", monitoring)
    acknowledge(instance, "EC2InstanceDetailedMonitoringEnabled", monitoring)
    acknowledge(
        instance,
        "EC2InstanceProfileAttached",
        "The machine has its role: the instance profile is in its launch template, where the rule does not look.",
    )
    acknowledge(
        instance,
        "EC2InstancesInVPC",
        "The machine is in a VPC: its launch template's network interface names the subnet, and the rule looks for one "
        "on the instance.",
    )
    acknowledge(
        instance,
        "EC29",
        "A changed app replaces the machine, which holds no data of its own; protected, the old one could not be "
        "terminated. The stack itself can be protected.",
    )
