"""Look at a server that a test has defined."""

from collections.abc import Callable

from aws_cdk import Stack

from data_compute import StreamlitServer
from tests.templates import Json, machine_of, synthesized

# Defines a server of a small app, in a stack of its own unless the test gives one.
DefineServer = Callable[..., StreamlitServer]

# What every machine's disk is, whatever its size.
EBS = {"DeleteOnTermination": True, "Encrypted": True, "VolumeType": "gp3"}


def instance_of(server: StreamlitServer) -> Json:
    """Give what the machine is made of."""
    return machine_of(synthesized(Stack.of(server)))


def image_parameter(server: StreamlitServer) -> str:
    image = str(instance_of(server)["ImageId"])
    assert image.startswith("resolve:ssm:")
    return image.removeprefix("resolve:ssm:")
