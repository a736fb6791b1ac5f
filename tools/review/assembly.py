"""A synthesized assembly, `cdk.out`: its stacks with those nested in them, and their resources."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from review.construct_paths import within_stack, written_paths

Json = dict[str, Any]
# The newest shape of an assembly that this reader was tried with.
NEWEST_VERSION = 55


class UnreadableError(Exception):
    """What was to be an assembly is none; the message is one sentence."""


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

    @property
    def resources(self) -> Iterator[Resource]:
        """Give the resources of all stacks."""
        return (resource for stack in self.stacks for resource in stack.resources.values())

    @cached_property
    def nested(self) -> dict[tuple[Stack, str], Stack]:
        """Give the nested stacks by what they are nested in, and the logical id there."""
        return {(s.nested_as.stack, s.nested_as.logical_id): s for s in self.stacks if s.nested_as}


def read_assembly(folder: Path) -> Assembly:
    """Read an assembly; those of its stages are part of it."""
    if not folder.is_dir():
        raise UnreadableError(f"{folder} is no folder: synthesize one with `cdk synth --output {folder}`")
    if not (folder / "manifest.json").is_file():
        raise UnreadableError(f"{folder} is no synthesized assembly: it has no manifest.json")
    return Assembly(folder, list(_stacks(folder, folder)))


def _stacks(top: Path, folder: Path) -> Iterator[Stack]:
    manifest = _read(top, folder / "manifest.json")
    version, artifacts = str(manifest.get("version")), manifest.get("artifacts", {})
    if not version.split(".")[0].isdigit() or not isinstance(artifacts, dict):
        raise UnreadableError(f"{folder / 'manifest.json'} is no manifest of an assembly")
    if int(version.split(".")[0]) > NEWEST_VERSION:
        raise UnreadableError(
            f"{folder} has version {version} of an assembly's shape, and review knows those up to {NEWEST_VERSION}"
        )
    for name, artifact in artifacts.items():
        properties = artifact.get("properties", {}) if isinstance(artifact, dict) else {}
        try:
            if artifact.get("type") == "aws:cloudformation:stack":
                yield from _stack(top, folder, name, artifact, properties["templateFile"])
            elif artifact.get("type") == "cdk:cloud-assembly":
                yield from _stacks(top, folder / properties["directoryName"])
        except (AttributeError, KeyError, TypeError) as error:
            raise UnreadableError(f"{folder / 'manifest.json'} says no whole thing of {name!r}") from error


def _stack(top: Path, folder: Path, name: str, artifact: Json, template_file: str) -> Iterator[Stack]:
    template = _template(top, folder / template_file)
    more = artifact.get("additionalMetadataFile")
    metadata = _read(top, folder / more) if more and (folder / more).is_file() else artifact.get("metadata", {})
    stack = Stack(artifact.get("displayName", name), template, artifact, paths=written_paths(metadata))
    yield from _with_nested(top, folder, stack)


def _with_nested(top: Path, folder: Path, stack: Stack) -> Iterator[Stack]:
    yield stack
    for resource in stack.of_type("AWS::CloudFormation::Stack"):
        metadata = resource.body.get("Metadata")
        file = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
        # Without that, as of a template that lies in S3, it is a resource like any other.
        if isinstance(file, str) and (folder / file).is_file():
            inner = Stack(stack.name, _template(top, folder / file), nested_as=resource, paths=stack.paths)
            yield from _with_nested(top, folder, inner)


def _template(top: Path, file: Path) -> Json:
    template = _read(top, file)
    if not isinstance(template.setdefault("Resources", {}), dict):
        raise UnreadableError(f"{file} is no template: its Resources are no object")
    return template


def _read(top: Path, file: Path) -> Json:
    # An assembly may be a stranger's, and is to show nothing of this machine.
    if not file.resolve().is_relative_to(top.resolve()):
        raise UnreadableError(f"{file} lies outside the assembly {top}")
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{file} is no JSON that can be read: {error}") from error
    if not isinstance(content, dict):
        raise UnreadableError(f"{file} holds no JSON object")
    return content
