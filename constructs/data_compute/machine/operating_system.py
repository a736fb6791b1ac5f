"""The operating systems that a machine boots: all that is known of each stands here and in the files it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_ec2 as ec2

from data_compute.machine.contract import BOOT_FILES


@dataclass(frozen=True, kw_only=True)
class OperatingSystem:
    """What a machine must know of an operating system. Choose one of the two below, do not write your own.

    :param image_parameters: by processor, the public parameter that names the newest image.
    :param root_device: where the image expects its root volume.
    :param packages: the file that tells the boot how its packages are installed.
    :param prelude: how the user data installs ``aws`` and ``cfn-signal`` where they do not come with the image.
    :param asks_to_signal: its cfn-signal calls the API, which needs a right; AWS's own needs none.
    :param packages_by_http: its own packages come by plain HTTP; their signatures are what is trusted.
    """

    image_parameters: Mapping[ec2.InstanceArchitecture, str]
    root_device: str
    packages: Path
    prelude: Path
    asks_to_signal: bool = False
    packages_by_http: bool = False

    def newest_image(self, instance_type: ec2.InstanceType) -> ec2.IMachineImage:
        """Give the newest image for the instance type's processor, looked up when a machine is launched."""
        return ec2.MachineImage.resolve_ssm_parameter_at_launch(
            self.image_parameters[instance_type.architecture], os=ec2.OperatingSystemType.LINUX
        )


_AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-"
AMAZON_LINUX_2023 = OperatingSystem(
    image_parameters={
        ec2.InstanceArchitecture.ARM_64: _AMAZON_LINUX + "arm64",
        ec2.InstanceArchitecture.X86_64: _AMAZON_LINUX + "x86_64",
    },
    root_device="/dev/xvda",
    packages=BOOT_FILES / "amazon_linux_2023.sh",
    prelude=BOOT_FILES / "amazon_linux_2023_prelude.sh",
)

_UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/{}/hvm/ebs-gp3/ami-id"
UBUNTU_24_04 = OperatingSystem(
    image_parameters={
        ec2.InstanceArchitecture.ARM_64: _UBUNTU.format("arm64"),
        ec2.InstanceArchitecture.X86_64: _UBUNTU.format("amd64"),
    },
    root_device="/dev/sda1",
    packages=BOOT_FILES / "ubuntu_24_04.sh",
    prelude=BOOT_FILES / "ubuntu_24_04_prelude.sh",
    asks_to_signal=True,
    packages_by_http=True,
)
