"""Which folders run in what is deployed."""

import json
from pathlib import Path
from typing import Any

import pytest

from local_aws import sources
from local_aws.sources import Source
from local_aws.state import State
from stacks.setting import CHECKOUT

MEAN = Source("CalculateMean", "Mean1", "lambda_src/calculate_mean")
PAGE = Source("Streamlit-alice", "Server1", "../my app")
WITH_PACKAGES = Source("Describe", "Describe1", "lambda_src/describe", with_packages=True)


def noted(source: Source) -> list[dict[str, Any]]:
    return [
        {"type": "aws:cdk:logicalId", "data": source.logical_id},
        {"type": "aws:cdk:warning", "data": "something else"},
        {"type": "data-compute:source", "data": source.path},
        *[{"type": "data-compute:packages", "data": True}] * source.with_packages,
    ]


def write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.create()
    return made


def test_reads_what_the_library_has_noted(tmp_path: Path) -> None:
    stack = {"type": "aws:cloudformation:stack"}
    artifacts = {
        "Tree": {"type": "cdk:tree"},
        "CalculateMean": stack | {"additionalMetadataFile": "mean.json"},
        # A stack may be called otherwise than its artifact.
        "Page": stack | {"additionalMetadataFile": "page.json", "properties": {"stackName": "Streamlit-alice"}},
        "Describe": stack | {"additionalMetadataFile": "describe.json"},
        "Empty": stack,
    }
    write(tmp_path / "manifest.json", {"artifacts": artifacts})
    other = [{"type": "aws:cdk:logicalId", "data": "Role1"}]
    write(tmp_path / "mean.json", {"/CalculateMean/Mean": noted(MEAN), "/CalculateMean/Role": other})
    write(tmp_path / "page.json", {"/Page/Server": noted(PAGE)})
    write(tmp_path / "describe.json", {"/Describe/Function": noted(WITH_PACKAGES)})
    assert list(sources.in_assembly(tmp_path)) == [MEAN, PAGE, WITH_PACKAGES]


def test_each_copy_has_its_own(state: State) -> None:
    sources.keep(state, "main", [MEAN])
    sources.keep(state, "alice", [MEAN, WITH_PACKAGES])
    assert sources.deployed(state, "main") == [MEAN]
    assert sources.deployed(state, "alice") == [MEAN, WITH_PACKAGES]
    assert sources.deployed(state, "bob") == []


def test_a_folder_is_where_the_checkout_sees_it() -> None:
    assert MEAN.folder == (CHECKOUT / "lambda_src" / "calculate_mean").resolve()
    assert PAGE.folder == CHECKOUT.resolve().parent / "my app"
