"""What a machine is made of and how it boots, in one launch template: for one machine, or for many."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import jsii
from aws_cdk import Aws, IgnoreMode, IResolveContext, IStringProducer, Lazy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from data_compute.machine.architecture import check_architecture
from data_compute.machine.boot_part import BootPart
from data_compute.machine.checks import check_disk, check_instance_type, check_requirements
from data_compute.machine.contract import BOOT_FILES
from data_compute.machine.operating_system import OperatingSystem
from data_compute.machine.role import define_machine_rights, give_rights
from data_compute.machine.user_data import UserData, check_size
from data_compute.requirements import is_locked
from data_compute.source_files import NEVER_DEPLOYED


class MachineTemplate(Construct):
    """A launch template whose user data fetches an app and its service, starts it, proves it, and tells how it went.

    Every change of it, also of a value that only the deploy knows, is a new version, and so a new machine.

    :param service: the folder of what serves the app: a systemd unit, its logrotate file and its ``contract.env``.
    :param app: the app's folder, with a file of requirements.
    :param settings: the boot's and the unit's settings beyond those that every machine has.
    :param environment: the app's own settings.
    :param instance_profile: that of the role, where there is one already.
    :param app_uses_role: let the app act as the role from the start.
    :param generation: any word; another one makes a new machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: Path,
        app: Path,
        settings: Mapping[str, str],
        environment: Mapping[str, str],
        instance_type: ec2.InstanceType,
        operating_system: OperatingSystem,
        machine_image: ec2.IMachineImage | None,
        root_volume_gib: int,
        cpu_credits: ec2.CpuCredits,
        security_group: ec2.ISecurityGroup,
        key_pair: ec2.IKeyPair,
        role: iam.IRole,
        instance_profile: iam.IInstanceProfile | None,
        app_uses_role: bool,
        log_group: logs.ILogGroup,
        generation: str,
    ) -> None:
        super().__init__(scope, construct_id)
        check_instance_type(instance_type)
        check_disk(root_volume_gib)
        self.requirements = check_requirements(app, service, instance_type)
        self.instance_type = instance_type
        files = {
            "BOOT_FILES": s3_assets.Asset(self, "BootFiles", path=str(BOOT_FILES)),
            "SERVICE_FILES": s3_assets.Asset(self, "ServiceFiles", path=str(service)),
            "APP_FILES": s3_assets.Asset(
                self, "App", path=str(app), exclude=list(NEVER_DEPLOYED), ignore_mode=IgnoreMode.GIT
            ),
        }
        self.role = role
        self.rights = define_machine_rights(
            self,
            "Rights",
            role=role,
            files=list(files.values()),
            log_group=log_group,
            asks_to_signal=operating_system.asks_to_signal,
        )
        self._user_data = UserData(
            service=service,
            operating_system=operating_system,
            generation=generation,
            settings={
                "AWS_DEFAULT_REGION": Aws.REGION,
                "STACK_NAME": Aws.STACK_NAME,
                # Of whoever waits for the signal: known only when that is defined.
                "RESOURCE_ID": "",
                "LOG_GROUP": log_group.log_group_name,
                "SYSTEM": operating_system.packages.name,
                "APP_REQUIREMENTS": self.requirements.name,
                "APP_LOCKED": "yes" if is_locked(self.requirements) else "no",
                **{name: asset.s3_object_url for name, asset in files.items()},
                **settings,
                "APP_USES_ROLE": "no",
            },
            environment={"AWS_DEFAULT_REGION": Aws.REGION, **environment},
        )
        self.launch_template = ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            instance_type=instance_type,
            machine_image=machine_image or operating_system.newest_image(instance_type),
            # Rendered last of all, as parts are added and the machine is named after this.
            user_data=ec2.UserData.custom(Lazy.uncached_string(_Rendered(self._user_data))),
            block_devices=[_root_volume(operating_system.root_device, root_volume_gib)],
            # The unlimited kind, which is EC2's own default for t4g and t3, can cost more than the machine.
            cpu_credits=cpu_credits if instance_type.is_burstable() else None,
            security_group=security_group,
            key_pair=key_pair,
            # Of the two EC2's template takes one; without a profile the CDK makes one of the role.
            role=None if instance_profile else role,
            instance_profile=instance_profile,
            # For the boot, before an address that stays is attached.
            associate_public_ip_address=True,
            http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
            http_put_response_hop_limit=1,
        )
        check_architecture(self, instance_type, str(self.launch_template.image_id))
        self.resource = cast(ec2.CfnLaunchTemplate, self.launch_template.node.default_child)
        # A changed tag is no reason for a new machine: tags are the instance's.
        self.resource.add_property_deletion_override("TagSpecifications")
        self.resource.add_property_deletion_override("LaunchTemplateData.TagSpecifications")
        if app_uses_role:
            self.let_app_use_role()
        check_size(self, self._user_data.render())

    def signal_for(self, logical_id: str) -> None:
        """Name the resource that waits for the boot's word."""
        if self._user_data.settings["RESOURCE_ID"]:
            raise ValueError(f"{self.node.path} signals for one resource already: give each machine its own template")
        self._user_data.settings["RESOURCE_ID"] = logical_id
        check_size(self, self._user_data.render())

    def stand_in(self, subnet_id: str) -> None:
        """Say where its one machine stands; a group of machines says that itself."""
        # EC2 refuses a subnet on the instance beside a network interface in its template.
        self.resource.add_property_override("LaunchTemplateData.NetworkInterfaces.0.SubnetId", subnet_id)

    def measure_each_minute(self) -> None:
        """Have EC2 measure its machines each minute, in place of every five, at $2.10 a month for each that runs."""
        self.resource.add_property_override("LaunchTemplateData.Monitoring.Enabled", True)

    def let_app_use_role(self) -> None:
        """Let the app reach the metadata service, and so all of the role's rights."""
        self._user_data.settings["APP_USES_ROLE"] = "yes"

    def add_boot_part(self, part: BootPart) -> None:
        """Add a step to the boot, its files, settings and rights."""
        self._user_data.check_part(part)
        asset = s3_assets.Asset(self, f"Part_{part.name}", path=str(part.files))
        self._user_data.add_part(part, asset.s3_object_url)
        fetch = iam.PolicyStatement(
            actions=["s3:GetObject"], resources=[asset.bucket.arn_for_objects(asset.s3_object_key)]
        )
        give_rights(self.role, self.rights, [fetch, *part.rights])
        check_size(self, self._user_data.render())


@jsii.implements(IStringProducer)
class _Rendered:
    def __init__(self, user_data: UserData) -> None:
        self._user_data = user_data

    def produce(self, _context: IResolveContext) -> str:
        return self._user_data.render()


def _root_volume(device_name: str, gib: int) -> ec2.BlockDevice:
    return ec2.BlockDevice(
        device_name=device_name,
        volume=ec2.BlockDeviceVolume.ebs(
            # Said, as an image of the caller's own may say otherwise, and each new machine would leave a disk behind.
            gib,
            encrypted=True,
            volume_type=ec2.EbsDeviceVolumeType.GP3,
            delete_on_termination=True,
        ),
    )
