"""Reading what a synthesis wrote: stacks, stages, nested stacks, and which construct a resource is of."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from review.assets import Room
from review.reading import UnreadableError, read_assembly
from tests.review.apps import resource, write_assembly

BUCKET = "AWS::S3::Bucket"


def manifest(folder: Path, **artifacts: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}))
    return folder


def stack(template: str, **more: Any) -> dict[str, Any]:
    return {"type": "aws:cloudformation:stack", "properties": {"templateFile": template}, **more}


def test_a_construct_is_named_by_the_template_else_the_assembly_else_its_logical_id(tmp_path: Path) -> None:
    resources = {
        "One1234": resource(BUCKET, Metadata={"aws:cdk:path": "App/One/Resource"}),
        "Two1234": resource(BUCKET),
        "Three1234": resource(BUCKET),
    }
    folder = write_assembly(tmp_path, {"App": {"Resources": resources}})
    beside = {"/App/Two/Default": [{"type": "aws:cdk:logicalId", "data": "Two1234"}]}
    (folder / "App.metadata.json").write_text(json.dumps(beside))
    manifest(folder, App=stack("App.template.json", displayName="App", additionalMetadataFile="App.metadata.json"))

    assert [found.path for found in read_assembly(folder).resources] == ["One", "Two", "Three1234"]


def test_two_resources_of_one_construct_have_two_paths(tmp_path: Path) -> None:
    paths = {"A": "App/Thing/Resource", "B": "App/Thing/Default"}
    resources = {name: resource(BUCKET, Metadata={"aws:cdk:path": path}) for name, path in paths.items()}

    folder = write_assembly(tmp_path, {"App": {"Resources": resources}})

    assert [found.path for found in read_assembly(folder).resources] == ["Thing/Resource", "Thing/Default"]


def test_stacks_of_a_stage_are_part_of_the_assembly(tmp_path: Path) -> None:
    manifest(tmp_path, Stage={"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}})
    manifest(tmp_path / "assembly-Stage", StageApp=stack("App.json", displayName="Stage/App"))
    inner = {"Resources": {"B1234": resource(BUCKET, Metadata={"aws:cdk:path": "Stage/App/B/Resource"})}}
    (tmp_path / "assembly-Stage" / "App.json").write_text(json.dumps(inner))

    (found,) = read_assembly(tmp_path).resources

    assert (found.stack.name, found.path) == ("Stage/App", "B")


def test_a_nested_stack_is_read_and_belongs_to_the_outer_one(tmp_path: Path) -> None:
    metadata = {"aws:cdk:path": "App/Inner.NestedStack/Inner.NestedStackResource", "aws:asset:path": "inner.json"}
    folder = write_assembly(
        tmp_path, {"App": {"Resources": {"Inner": resource("AWS::CloudFormation::Stack", Metadata=metadata)}}}
    )
    (folder / "inner.json").write_text(json.dumps({"Resources": {"B1234": resource(BUCKET)}}))

    outer, inner = read_assembly(folder).stacks

    assert inner.name == outer.name == "App"
    assert inner.nested_as is outer.resources["Inner"]
    assert inner.resources["B1234"].path == "Inner/B1234"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (None, "is no folder: synthesize one"),
        ({}, "is no synthesized assembly: it has no manifest.json"),
        ({"manifest.json": "{"}, "is no JSON that can be read"),
        ({"manifest.json": "[]"}, "holds no JSON object"),
        ({"manifest.json": "{}"}, "is no manifest of an assembly"),
        ({"manifest.json": '{"version": "56.0.0"}'}, "has version 56.0.0 of an assembly's shape"),
        ({"manifest.json": json.dumps({"version": "1.0.0", "artifacts": {"App": 1}})}, "says no whole thing of 'App'"),
        (
            {"manifest.json": json.dumps({"version": "55.0.0", "artifacts": {"App": stack("App.json")}})},
            "cannot be read",
        ),
    ],
)
def test_what_is_no_assembly_is_said_in_a_sentence(tmp_path: Path, files: dict[str, str] | None, reason: str) -> None:
    folder = tmp_path / "cdk.out"
    if files is not None:
        folder.mkdir()
    for name, content in (files or {}).items():
        (folder / name).write_text(content)

    with pytest.raises(UnreadableError, match=reason):
        read_assembly(folder)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{", "is no JSON that can be read"),
        ("\xff", "is no JSON that can be read"),
        ('{"Resources": []}', "its Resources are no object"),
        ("[" * 100_000, "is no JSON that can be read"),
    ],
)
def test_a_broken_template_is_named(tmp_path: Path, template: str, reason: str) -> None:
    folder = write_assembly(tmp_path, {"App": {}})
    (folder / "App.template.json").write_text(template, encoding="latin-1")

    with pytest.raises(UnreadableError, match=rf"App\.template\.json.* {reason}"):
        read_assembly(folder)


def test_a_template_that_nests_itself_twice_is_refused(tmp_path: Path) -> None:
    again = resource("AWS::CloudFormation::Stack", Metadata={"aws:asset:path": "App.template.json"})
    folder = write_assembly(tmp_path, {"App": {"Resources": {"One": again, "Two": again, "Padding": "x" * 1_000_000}}})

    with pytest.raises(UnreadableError, match="bytes of templates, or too many of them"):
        read_assembly(folder)


def test_a_strangers_assembly_reads_nothing_outside_it(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"Resources": {}}')
    manifest(tmp_path / "cdk.out", App=stack("../secret.json"))

    with pytest.raises(UnreadableError, match="lies outside the assembly"):
        read_assembly(tmp_path / "cdk.out")


def test_the_files_of_assets_are_read_from_folders_and_zips(tmp_path: Path) -> None:
    (tmp_path / "asset.1" / "lib").mkdir(parents=True)
    (tmp_path / "asset.1" / "app.py").write_text("1")
    (tmp_path / "asset.1" / "lib" / "more.py").write_text("2")
    (tmp_path / "asset.1" / "link").symlink_to("/etc/passwd")
    with zipfile.ZipFile(tmp_path / "asset.2.zip", "w") as archive:
        archive.writestr("app.py", "1")
    files = {
        "1": {"displayName": "Server/App", "source": {"path": "asset.1", "packaging": "zip"}},
        "2": {"source": {"path": "asset.2.zip", "packaging": "file"}},
        "3": {"source": {"executable": ["make", "it"]}},
    }
    (tmp_path / "App.assets.json").write_text(json.dumps({"files": files}))
    (tmp_path / "App.template.json").write_text("{}")
    manifested = {"type": "cdk:asset-manifest", "properties": {"file": "App.assets.json"}}
    manifest(tmp_path, App=stack("App.template.json"), Assets=manifested)

    assets = read_assembly(tmp_path).assets

    assert {id_: asset.name for id_, asset in assets.items()} == {"1": "Server/App", "2": "2"}
    folder, zipped = (assets[id_].files(Room()) for id_ in "12")
    assert [*folder] == ["app.py", "lib/more.py"]
    assert zipped == {"app.py": folder["app.py"]}
