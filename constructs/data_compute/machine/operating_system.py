"""The operating systems that the boot script knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_ec2 as ec2

FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class OperatingSystem:
    """What a server must know of an operating system. Choose one of the two below, do not write your own.

    :param image_parameters: by processor, the public parameter that names the newest image.
    :param root_device: where the image expects its root volume.
    :param ssh_user: whom the image lets log in.
    :param first_lines: what the user data does before all else, where ``aws`` and ``cfn-signal`` do not come with it.
    :param packages_by_http: its own packages come by plain HTTP; their signatures are what is trusted.
    """

    image_parameters: Mapping[ec2.InstanceArchitecture, str]
    root_device: str
    ssh_user: str
    first_lines: Path | None = None
    packages_by_http: bool = False

    def newest_image(self, instance_type: ec2.InstanceType) -> ec2.IMachineImage:
        """Give the newest image for the instance type's processor, looked up at each deploy."""
        return ec2.MachineImage.from_ssm_parameter(
            self.image_parameters[instance_type.architecture], os=ec2.OperatingSystemType.LINUX
        )


_AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-"
AMAZON_LINUX_2023 = OperatingSystem(
    image_parameters={
        ec2.InstanceArchitecture.ARM_64: _AMAZON_LINUX + "arm64",
        ec2.InstanceArchitecture.X86_64: _AMAZON_LINUX + "x86_64",
    },
    root_device="/dev/xvda",
    ssh_user="ec2-user",
)

_UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/{}/hvm/ebs-gp3/ami-id"
UBUNTU_24_04 = OperatingSystem(
    image_parameters={
        ec2.InstanceArchitecture.ARM_64: _UBUNTU.format("arm64"),
        ec2.InstanceArchitecture.X86_64: _UBUNTU.format("amd64"),
    },
    root_device="/dev/sda1",
    ssh_user="ubuntu",
    first_lines=FOLDER / "ubuntu_24_04.sh",
    packages_by_http=True,
)
