"""What of a machine can be known to be wrong before anything is deployed."""

from pathlib import Path

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from data_compute.arguments import check_kind, check_whole
from data_compute.locks import check_lock
from data_compute.machine.contract import BOOT_FILES, read_contract
from data_compute.requirements import requirements_of
from data_compute.target import Target

# What the images of both operating systems take.
LEAST_DISK, MOST_DISK = 8, 16_384


def check_instance_type(instance_type: ec2.InstanceType) -> None:
    """Raise unless it is one of the CDK's, as its name in quotes would be so easy to pass, and one that can boot."""
    check_kind("instance_type", instance_type, ec2.InstanceType, "ec2.InstanceType('t4g.small'), or another name")
    name = instance_type.to_string()
    if name.endswith(".nano"):
        raise ValueError(
            f"instance_type {name} has 512 MB of memory, in which the boot's package manager is killed: "
            f"{name.removesuffix('nano')}micro is the smallest that works"
        )


def check_disk(gib: int) -> None:
    """Raise unless EC2 has disks of that size, and the image fits on it."""
    check_whole("root_volume_gib", gib)
    if not Token.is_unresolved(gib) and not LEAST_DISK <= gib <= MOST_DISK:
        raise ValueError(f"root_volume_gib {gib} is not between {LEAST_DISK} and {MOST_DISK:,}: 12 is the default")


def check_requirements(app: Path, service: Path, instance_type: ec2.InstanceType) -> Path:
    """Find what says which packages the app needs, or raise if there is nothing, or a lock that is none."""
    file = requirements_of(app)
    if file is None:
        raise ValueError(
            f"app {str(app)!r} has no requirements.txt: add one with the line {read_contract(service)['PROGRAM']}, and "
            "a line for each other package that the app imports"
        )
    processor = "aarch64" if instance_type.architecture == ec2.InstanceArchitecture.ARM_64 else "x86_64"
    check_lock(file, Target(read_contract(BOOT_FILES)["PYTHON_VERSION"], processor))
    return file


def check_peer(peer: ec2.IPeer, *, ipv6: bool) -> None:
    """Raise unless it is one of the CDK's, and of a version of IP that the machine's network has."""
    if not hasattr(peer, "to_ingress_rule_config"):
        raise ValueError(f"peer is {peer!r}: pass ec2.Peer.ipv4('203.0.113.7/32'), or another ec2.Peer")
    cidr = peer.to_ingress_rule_config().cidr_ipv6
    if cidr and not ipv6:
        raise ValueError(
            f"{cidr} is IPv6, which the machine's own network has not, so nobody could come from there: name an IPv4 "
            "address, or bring a vpc that has IPv6"
        )
