"""Look at a server that a test has defined."""

from collections.abc import Callable

from aws_cdk import Stack

from data_compute import StreamlitServer
from tests.templates import Json, properties, synthesized

# Defines a server of a small app, in a stack of its own unless the test gives one.
DefineServer = Callable[..., StreamlitServer]


def instance_of(server: StreamlitServer) -> Json:
    return properties(synthesized(Stack.of(server)), "AWS::EC2::Instance")


def image_parameter(server: StreamlitServer) -> str:
    template = synthesized(Stack.of(server))
    parameter = template["Parameters"][properties(template, "AWS::EC2::Instance")["ImageId"]["Ref"]]
    assert parameter["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    return str(parameter["Default"])
