"""A synthesized assembly, `cdk.out`: its stacks with those nested in them, and their resources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from review.assets import Asset
from review.construct_paths import within_stack
from review.fact import Fact, Level

Json = dict[str, Any]
# Types that more than one module looks for.
FUNCTION, INSTANCE = "AWS::Lambda::Function", "AWS::EC2::Instance"


@dataclass(eq=False)
class Resource:
    """One resource of a template."""

    stack: "Stack"
    logical_id: str
    # Of its construct, within the stack that is deployed.
    path: str
    body: Json

    @property
    def type(self) -> str:
        """Give its type, such as `AWS::S3::Bucket`."""
        return str(self.body.get("Type"))

    @property
    def properties(self) -> Json:
        """Give its properties as the template writes them."""
        found = self.body.get("Properties")
        return found if isinstance(found, dict) else {}

    def fact(self, kind: str, level: Level, sentence: str, detail: str = "", **values: Any) -> Fact:
        """Tell something of it."""
        return Fact(kind, level, self.stack.name, self.path, sentence, detail, {"type": self.type, **values})


@dataclass(eq=False)
class Stack:
    """One template, deployed by itself or nested in another."""

    # Of the stack that is deployed: a nested one has the name of the outermost.
    name: str
    template: Json
    # What the assembly's manifest says of it; empty for a nested one.
    artifact: Json = field(default_factory=dict)
    # The resource that it is in the stack around it.
    nested_as: Resource | None = None
    # By logical id, where the assembly tells it beside the template.
    paths: Mapping[str, list[str]] = field(default_factory=dict)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Give its resources by their logical ids."""
        bodies = {name: body for name, body in self.template["Resources"].items() if isinstance(body, dict)}
        paths = within_stack(self.name, self.path, self.paths, bodies)
        return {name: Resource(self, name, paths[name], body) for name, body in bodies.items()}

    def of_type(self, *types: str) -> list[Resource]:
        """Give its resources of some types."""
        return [found for found in self.resources.values() if found.type in types]

    def section(self, name: str) -> Json:
        """Give another section of the template, such as Outputs."""
        found = self.template.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def path(self) -> str:
        """Give the construct path of a nested one within the outermost; empty for that."""
        return self.nested_as.path if self.nested_as else ""

    @property
    def deployed_as(self) -> tuple[str, str]:
        """Give where CloudFormation has it, and under which name."""
        found = self.artifact.get("properties", {}).get("stackName")
        return str(self.artifact.get("environment")), str(found or self.name.replace("/", "-"))


@dataclass(eq=False)
class Assembly:
    """What one synthesis wrote."""

    folder: Path
    # A nested stack comes right after the one around it.
    stacks: list[Stack]
    # By the ids in whose names they are uploaded.
    assets: Mapping[str, Asset] = field(default_factory=dict)

    @property
    def resources(self) -> Iterator[Resource]:
        """Give the resources of all stacks."""
        return (resource for stack in self.stacks for resource in stack.resources.values())

    @cached_property
    def nested(self) -> dict[tuple[Stack, str], Stack]:
        """Give the nested stacks by what they are nested in, and the logical id there."""
        return {(s.nested_as.stack, s.nested_as.logical_id): s for s in self.stacks if s.nested_as}
