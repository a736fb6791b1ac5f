"""A deploy succeeds only if the function starts: a twin of it imports the handler first."""

from pathlib import Path
from typing import Any, cast

import jsii
from aws_cdk import CfnResource, CustomResource, Duration, IgnoreMode, IStableAnyProducer, Lazy, Stack, TreeInspector
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from data_compute.source_files import NEVER_DEPLOYED

FILES = Path(__file__).with_name("start")
LAYER = "DataComputeStart"
MOST_LAYERS = 5
# What Lambda lets an import compute, ten seconds with a whole processor, takes a twin of 128 MB 138 s. A twin that is
# killed says nothing.
LONGEST_START = Duration.seconds(150)
# As long again until the account has a concurrent execution left for the twin.
LONGEST_WAIT = Duration.minutes(5)


def prove_start(function: lambda_.Function) -> None:
    """Let CloudFormation touch a function only after its new code and settings have been seen to start.

    They start with the rights of that moment: a change of rights alone asks nothing. The twin is below the function, so
    whatever holds for the function, such as a reason or a tag, holds for it.
    """
    real = cast(lambda_.CfnFunction, function.node.default_child)
    stack, props = Stack.of(function), _properties(real)
    twin = lambda_.CfnFunction(
        function,
        "Twin",
        architectures=real.architectures,
        code=real.code,
        description="Imports the handler of the function beside it, at a deploy",
        environment=props["environment"],
        handler="data_compute_start.lambda_handler",
        logging_config=real.logging_config,
        memory_size=real.memory_size,
        role=real.role,
        runtime=real.runtime,
        timeout=LONGEST_START.to_seconds(),
        tracing_config=real.tracing_config,
    )
    # Its rights, as far as the function waits for them too.
    twin.node.add_dependency(cast(iam.IRole, function.role))
    twin.add_property_override("Layers", Lazy.any(_Layers(function, props["layers"], _layer(stack).layer_version_arn)))
    proof = CustomResource(
        function,
        "Start",
        resource_type="Custom::FunctionStarts",
        service_token=twin.attr_arn,
        service_timeout=LONGEST_WAIT,
        # A change of any of these asks again.
        properties={
            "Handler": real.handler,
            "Code": cast(lambda_.CfnFunction.CodeProperty, real.code).s3_key,
            "Environment": props["environment"],
            "Layers": props["layers"],
            "Architectures": real.architectures,
            "MemorySize": real.memory_size,
            "Role": real.role,
            "Runtime": real.runtime,
            "Timeout": real.timeout,
        },
    )
    real.add_resource_dependency(cast(CfnResource, proof.node.default_child))


def _properties(function: lambda_.CfnFunction) -> dict[str, Any]:
    """Read a function's properties with those that may still change as tokens, which its attributes are not."""
    inspector = TreeInspector()
    function.inspect(inspector)
    found: dict[str, Any] = inspector.attributes["aws:cdk:cloudformation:props"]
    return found


@jsii.implements(IStableAnyProducer)
class _Layers:
    """The layers of the function, whenever it was given them, and ours."""

    def __init__(self, function: lambda_.Function, theirs: Any, ours: str) -> None:
        self._stack, self._path, self._theirs, self._ours = Stack.of(function), function.node.path, theirs, ours

    def produce(self) -> Any:
        layers = [*(self._stack.resolve(self._theirs) or []), self._ours]
        if len(layers) > MOST_LAYERS:
            raise ValueError(
                f"{self._path} has {len(layers) - 1} layers, and its twin, which proves that it starts, needs one more "
                f"than the {MOST_LAYERS} that Lambda takes: put what one of them holds into the function's source"
            )
        return layers


def _layer(stack: Stack) -> lambda_.LayerVersion:
    """Define what the twins of a stack run, once."""
    return cast(lambda_.LayerVersion | None, stack.node.try_find_child(LAYER)) or lambda_.LayerVersion(
        stack,
        LAYER,
        code=lambda_.Code.from_asset(str(FILES), exclude=list(NEVER_DEPLOYED), ignore_mode=IgnoreMode.GIT),
        description="Imports a function's handler, at a deploy",
    )
