"""One app synthesized with several settings: what all tell stands once."""

import json
from pathlib import Path

import pytest

from review.__main__ import main
from tests.review.apps import Json, resource, write_assembly

QUEUE = "AWS::SQS::Queue"


def written(folder: Path, name: str, templates: dict[str, Json]) -> None:
    write_assembly(folder / name, {stack: {"Resources": resources} for stack, resources in templates.items()})


@pytest.fixture
def sides(tmp_path: Path) -> list[str]:
    """Give a change by which one queue comes with all settings, one with open doors, and one in a copy."""
    for side in ("base", "head"):
        for name in ("main", "doors-open"):
            written(tmp_path / side, name, {"App": {}})
        written(tmp_path / side, "copy-alice", {"App-alice": {}})
    written(tmp_path / "head", "main", {"App": {"Jobs": resource(QUEUE)}})
    written(tmp_path / "head", "doors-open", {"App": {"Jobs": resource(QUEUE), "Door": resource(QUEUE)}})
    written(tmp_path / "head", "copy-alice", {"App-alice": {"Jobs": resource(QUEUE)}})
    return [str(tmp_path / "base"), str(tmp_path / "head")]


def test_a_fact_names_its_synthesis_only_where_another_with_the_same_stack_has_it_not(
    sides: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*sides, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    created = [fact for fact in shown["facts"] if fact["kind"] == "created"]
    assert {fact["id"]: fact["sentence"] for fact in created} == {
        "created:App/Jobs": "It is new.",
        "created:App/Door": "It is new. Only in `doors-open`.",
        "created:App-alice/Jobs": "It is new.",
    }
    assert len(created) == 3
    assert shown["templateDiff"].keys() == {"main", "doors-open", "copy-alice"}


def test_the_same_fact_of_another_level_or_with_other_values_is_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side, delays in (("base", (1, 1)), ("head", (2, 3))):
        for name, delay in zip(("a", "b"), delays, strict=True):
            written(tmp_path / side, name, {"App": {"Jobs": resource(QUEUE, {"DelaySeconds": delay})}})
    main([str(tmp_path / "base"), str(tmp_path / "head")])
    told = capsys.readouterr().out
    assert "`1` → `2`, only in `a`" in told
    assert "`1` → `3`, only in `b`" in told


def test_two_folders_that_were_not_synthesized_alike_are_refused(
    sides: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "head", "more", {})
    assert main(sides) == 2
    holds = f"{sides[0]} holds copy-alice, doors-open, main, and {sides[1]} copy-alice, doors-open, main, more"
    assert capsys.readouterr().err == f"review: {holds}: synthesize both alike\n"


def test_a_folder_of_folders_that_are_none_is_no_assembly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none" / "of").mkdir(parents=True)
    assert main([str(tmp_path / "none"), str(tmp_path / "none")]) == 2
    assert "is no synthesized assembly" in capsys.readouterr().err


def test_a_link_out_of_a_folder_is_no_synthesis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, "mine", {"Secret": {}})
    for side in ("base", "head"):
        written(tmp_path / side, "main", {"App": {}})
    (tmp_path / "head" / "other").symlink_to(tmp_path / "mine")
    assert main([str(tmp_path / "base"), str(tmp_path / "head")]) == 0
    assert "Secret" not in capsys.readouterr().out


def test_what_a_stranger_calls_a_synthesis_works_not_as_markdown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for side, resources in (("base", {}), ("head", {"Jobs": resource(QUEUE)})):
        written(tmp_path / side, "`@everyone` <b>", {"App": resources})
        written(tmp_path / side, "main", {"App": {}})
    main([str(tmp_path / "base"), str(tmp_path / "head")])
    assert "It is new. Only in `'@everyone' <b>`." in capsys.readouterr().out
