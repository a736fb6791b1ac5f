"""Whether an image is for the processor that the machine has."""

import re

from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct

ARCHITECTURES = {
    ec2.InstanceArchitecture.ARM_64: re.compile("arm64|aarch64"),
    ec2.InstanceArchitecture.X86_64: re.compile("x86_64|amd64"),
}


def check_architecture(scope: IConstruct, instance_type: ec2.InstanceType, image_id: str) -> None:
    """Raise if the image's own name says that it is for the other kind of processor."""
    name = _image_name(scope, image_id)
    for architecture, pattern in ARCHITECTURES.items():
        if architecture != instance_type.architecture and pattern.search(name):
            raise ValueError(
                f"instance_type {instance_type.to_string()} has {instance_type.architecture.value} processors, "
                f"but the machine image {name} is for {architecture.value}: choose one that matches the other"
            )


def _image_name(scope: IConstruct, image_id: str) -> str:
    """Find the public parameter behind an image: that path names the processor; a bare ami-… names nothing."""
    stack = Stack.of(scope)
    resolved = stack.resolve(image_id)
    if isinstance(resolved, dict) and "Ref" in resolved:
        for child in stack.node.find_all():
            if isinstance(child, CfnParameter) and stack.resolve(child.logical_id) == resolved["Ref"]:
                return str(child.default)
    return str(resolved)
