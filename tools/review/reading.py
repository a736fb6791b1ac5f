"""Read an assembly from its folder, whoever wrote it."""

import json
from collections.abc import Iterator
from pathlib import Path

from review.assembly import Assembly, Json, Stack
from review.assets import Asset
from review.construct_paths import written_paths
from review.hiding import hidden, without_shapes

# The newest shape of an assembly that this reader was tried with.
NEWEST_VERSION = 55
# Of all files together, of which each counts as some kilobytes. AWS takes templates of up to a megabyte.
MOST_BYTES, LEAST_BYTES = 50_000_000, 10_000


class UnreadableError(Exception):
    """What was to be an assembly is none; the message is one sentence."""


class _Top:
    """The folder of an assembly, which may be a stranger's, and how much of it may still be read."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.left = folder.resolve(), MOST_BYTES
        # By file, as one may be nested in many places.
        self.hidden: dict[Path, Json] = {}


def read_assembly(folder: Path) -> Assembly:
    """Read an assembly; those of its stages are part of it."""
    if folder.is_file():
        raise UnreadableError(f"{folder} is a file; name the folder that it is in")
    if not folder.is_dir():
        raise UnreadableError(f"{folder} is no folder: synthesize one with `cdk synth --output {folder}`")
    if not (folder / "manifest.json").is_file():
        raise UnreadableError(f"{folder} is no synthesized assembly: it has no manifest.json")
    found = list(_artifacts(_Top(folder), folder))
    assets = {one.id: one for one in found if isinstance(one, Asset)}
    return Assembly(folder, [one for one in found if isinstance(one, Stack)], assets)


def _artifacts(top: _Top, folder: Path) -> Iterator[Stack | Asset]:
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
            elif artifact.get("type") == "cdk:asset-manifest":
                yield from _assets(top, folder, properties["file"])
            elif artifact.get("type") == "cdk:cloud-assembly":
                yield from _artifacts(top, folder / properties["directoryName"])
        except (AttributeError, KeyError, TypeError) as error:
            raise UnreadableError(f"{folder / 'manifest.json'} says no whole thing of {name!r}") from error


def _stack(top: _Top, folder: Path, name: str, artifact: Json, template_file: str) -> Iterator[Stack]:
    template = _template(top, folder / template_file)
    more = artifact.get("additionalMetadataFile")
    metadata = _read(top, folder / more) if more and (folder / more).is_file() else artifact.get("metadata", {})
    stack = Stack(artifact.get("displayName", name), template, without_shapes(artifact), paths=written_paths(metadata))
    yield from _with_nested(top, folder, stack)


def _with_nested(top: _Top, folder: Path, stack: Stack) -> Iterator[Stack]:
    yield stack
    for resource in stack.of_type("AWS::CloudFormation::Stack"):
        metadata = resource.body.get("Metadata")
        file = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
        # Without that, as of a template that lies in S3, it is a resource like any other.
        if isinstance(file, str) and (folder / file).is_file():
            inner = Stack(stack.name, _template(top, folder / file), nested_as=resource, paths=stack.paths)
            yield from _with_nested(top, folder, inner)


def _assets(top: _Top, folder: Path, file: str) -> Iterator[Asset]:
    for asset_id, found in _read(top, folder / file).get("files", {}).items():
        # What a program writes only when it is asked for is not there to be read.
        if path := found["source"].get("path"):
            yield Asset(asset_id, _inside(top, folder / path), str(found.get("displayName", asset_id)))


def _template(top: _Top, file: Path) -> Json:
    template = _read(top, file)
    if not isinstance(template.setdefault("Resources", {}), dict):
        raise UnreadableError(f"{file} is no template: its Resources are no object")
    if file not in top.hidden:
        top.hidden[file] = hidden(template)
    return top.hidden[file]


def _read(top: _Top, file: Path) -> Json:
    try:
        top.left -= max(_inside(top, file).stat().st_size, LEAST_BYTES)
        if top.left < 0:
            raise UnreadableError(f"{top.folder} has more than {MOST_BYTES:,} bytes of templates, or too many of them")
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{file} is no JSON that can be read: {error}") from error
    if not isinstance(content, dict):
        raise UnreadableError(f"{file} holds no JSON object")
    return content


def _inside(top: _Top, file: Path) -> Path:
    # It is to show nothing of this machine.
    if not file.resolve().is_relative_to(top.folder):
        raise UnreadableError(f"{file} lies outside the assembly {top.folder}")
    return file
