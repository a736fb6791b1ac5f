"""Both halves of the review in a pull request, rehearsed without GitHub."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.review.apps import resource, write_assembly
from tests.review_checkout.scratch import app, commit, git
from tests.review_checkout.workflow import WORKFLOWS, Runner

pytestmark = pytest.mark.system

FROM, MARKER = "stranger/app", "<!-- the review of what a deploy does -->"


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    """Give a pull request's merge commit as checked out: main went on meanwhile, so its base is no earlier commit."""
    folder = tmp_path / "merged"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, app_py=app(), requirements_txt="one==1\n")
    git(folder, "checkout", "--quiet", "-b", "change")
    commit(folder, app_py=app(when_open=7))
    git(folder, "checkout", "--quiet", "main")
    commit(folder, other_txt="")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "it", "change")
    git(folder, "checkout", "--quiet", "--detach")
    return set_up(folder)


@pytest.fixture
def default_branch(tmp_path: Path) -> Path:
    (tmp_path / "default").mkdir()
    return set_up(tmp_path / "default")


@pytest.fixture
def runner(tmp_path: Path, root: Path) -> Runner:
    """Give a runner of the run that ends a stranger's review, with one pull request of that commit and two others."""
    if not shutil.which("jq"):
        pytest.skip("needs jq, which the stand-in of gh asks as gh asks its own")
    programs = tmp_path / "programs"
    programs.mkdir()
    write_program(programs / "make", 'test "$*" = ".venv/.ready PYTHON=python"')
    write_program(
        programs / "gh", f'PYTHONPATH={root} exec {sys.executable} -m tests.review_checkout.gh {tmp_path}/hub "$@"'
    )
    write_program(programs / "python", f'PYTHONPATH={root}/tools exec {sys.executable} "$@"')
    known = {
        "pulls": [pull(5, "aaa", FROM), pull(6, "bbb", FROM), pull(7, "aaa", "other/app")],
        "comments": [comment(1, 6, "github-actions[bot]", MARKER), comment(2, 5, "stranger", MARKER)],
        "statuses": [],
    }
    (tmp_path / "hub").write_text(json.dumps(known))
    return Runner(
        tmp_path,
        programs,
        {
            "github.repository": "me/app",
            "github.token": "may write",
            "github.server_url": "https://hub",
            "github.run_id": "77",
            "github.event.workflow_run.id": "76",
            "github.event.workflow_run.head_sha": "aaa",
            "github.event.workflow_run.head_repository.full_name": FROM,
            "inputs.repository || github.repository": "me/app",
            "inputs.ref || github.event.repository.default_branch": "main",
        },
    )


def set_up(folder: Path) -> Path:
    (folder / ".venv" / "bin").mkdir(parents=True)
    write_program(folder / ".venv" / "bin" / "python", 'exec python "$@"')
    return folder


def write_program(file: Path, line: str) -> None:
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)


def pull(number: int, sha: str, repository: str) -> dict[str, Any]:
    return {"number": number, "head": {"sha": sha, "repo": {"full_name": repository}}}


def comment(number: int, issue: int, login: str, body: str) -> dict[str, Any]:
    return {"id": number, "issue": issue, "user": {"login": login}, "body": body}


def ours(tmp_path: Path) -> list[str]:
    """Give what was written into the pull request."""
    known = json.loads((tmp_path / "hub").read_text())
    # Nobody else's, and in no other.
    assert [one["body"] for one in known["comments"][:2]] == [MARKER, MARKER]
    assert {one["issue"] for one in known["comments"][2:]} <= {5}
    return [one["body"] for one in known["comments"][2:]]


def statuses(tmp_path: Path) -> list[tuple[str, str]]:
    return [(one["sha"], one["state"]) for one in json.loads((tmp_path / "hub").read_text())["statuses"]]


def test_a_pull_request_from_its_merge_to_its_comment(
    runner: Runner, merged: Path, default_branch: Path, tmp_path: Path
) -> None:
    runner.run("review.yml", {"synthesize": merged})
    assert sorted(folder.name for folder in runner.artifacts["assemblies"].iterdir()) == ["base", "head"]
    # Whoever wrote the change has run, and was told nothing.
    assert runner.told == [{}, {}]

    runner.run("review-comment.yml", {"compare": default_branch})

    (told,) = ours(tmp_path)
    assert told.startswith(f"{MARKER}\nWhat a deploy of aaa does, [reviewed](https://hub/me/app/actions/runs/77):\n")
    assert "`1` → `7`, only in `doors-open`" in told
    assert "`1` → `7`" in runner.summary
    assert statuses(tmp_path) == [("aaa", "success")]


def compared(runner: Runner, default_branch: Path, tmp_path: Path, again: str = "") -> list[str]:
    runner.folder = tmp_path / f"run{again}"
    runner.artifacts = {"assemblies": tmp_path / "assemblies"}
    runner.run("review-comment.yml", {"compare": default_branch})
    return ours(tmp_path)


def write_sides(tmp_path: Path, before: dict[str, Any], after: dict[str, Any]) -> tuple[Path, Path]:
    sides = tmp_path / "assemblies" / "base", tmp_path / "assemblies" / "head"
    for side, resources in zip(sides, (before, after), strict=True):
        write_assembly(side, {"App": {"Resources": resources}})
    return sides


def test_the_same_comment_says_what_is_so_now(runner: Runner, default_branch: Path, tmp_path: Path) -> None:
    _, head = write_sides(tmp_path, {"Users": resource("AWS::DynamoDB::Table")}, {})
    (told,) = compared(runner, default_branch, tmp_path)
    assert "## STOP" in told

    (head / ".review-accepted").write_text("deleted:App/Users nobody is in it\n")
    (told,) = compared(runner, default_branch, tmp_path, "again")

    assert "## STOP" not in told
    assert "nobody is in it" in told
    assert statuses(tmp_path) == [("aaa", "failure"), ("aaa", "success")]


def test_a_pull_request_that_has_gone_on_gets_no_comment(runner: Runner, default_branch: Path, tmp_path: Path) -> None:
    write_sides(tmp_path, {}, {})
    runner.context["github.event.workflow_run.head_sha"] = "older"
    assert compared(runner, default_branch, tmp_path) == []
    assert statuses(tmp_path) == [("older", "success")]


def test_no_code_of_anybodys_runs_where_a_token_can_write() -> None:
    jobs = yaml.safe_load((WORKFLOWS / "review-comment.yml").read_text())["jobs"]
    writing = [job for job in jobs.values() if "write" in job["permissions"].values()]
    assert writing == [jobs["tell"]]
    assert "checkout" not in str(jobs["tell"])
    assert "python" not in str(jobs["tell"])
    assert "github.token" not in str([step for step in jobs["compare"]["steps"] if "run" in step])
    # And the other half can write nothing at all.
    assert "write" not in (WORKFLOWS / "review.yml").read_text()


def test_markup_of_a_strangers_is_text(runner: Runner, default_branch: Path, tmp_path: Path) -> None:
    said = "`@everyone` [x](http://x) <img src=x>\n\n# STOP\n::error::it\r::set-output name=x::y"
    write_sides(tmp_path, {}, {said: resource("AWS::SQS::Queue", {said: said})})
    (told,) = compared(runner, default_branch, tmp_path)
    for line in told.splitlines()[2:]:
        outside = "".join(line.split("`")[::2])
        assert not any(mark in outside for mark in ("@", "<img", "[x]", "::")), line
        assert not line.startswith("# ")


def test_a_change_that_is_huge_has_a_comment_that_fits(runner: Runner, default_branch: Path, tmp_path: Path) -> None:
    many = {f"Queue{number}": resource("AWS::SQS::Queue", {"Tags": ["é" * 500]}) for number in range(3_000)}
    write_sides(tmp_path, {}, {"Users": resource("AWS::DynamoDB::Table")} | many)
    (told,) = compared(runner, default_branch, tmp_path)
    assert "Not shown, as there is no room" in told


@pytest.mark.parametrize("name", ["../../../../../mine.json", "link.json", "/etc/passwd", "\n# <b>\r# x\n::error::it"])
def test_a_path_out_of_the_assembly_shows_nothing_of_the_machine(
    runner: Runner, default_branch: Path, tmp_path: Path, name: str
) -> None:
    _, head = write_sides(tmp_path, {}, {})
    (tmp_path / "mine.json").write_text('{"Resources": {"MyOwn": {"Type": "My::Own"}}}')
    (head / "link.json").symlink_to(tmp_path / "mine.json")
    manifest = (head / "manifest.json").read_text()
    (head / "manifest.json").write_text(manifest.replace('"App.template.json"', json.dumps(name)))

    (told,) = compared(runner, default_branch, tmp_path)

    assert "The two could not be compared:\n\n    review: " in told
    assert "\r" not in told
    # All that the stranger could have said is code.
    assert [line for line in told.splitlines()[5:] if not line.startswith("    ")] == []
    assert "MyOwn" not in told
    assert statuses(tmp_path) == [("aaa", "error")]


def test_an_artifact_of_something_else_is_no_finding(runner: Runner, default_branch: Path, tmp_path: Path) -> None:
    (tmp_path / "assemblies").mkdir()
    (tmp_path / "assemblies" / "report").write_text("0")
    (told,) = compared(runner, default_branch, tmp_path)
    assert "could not be compared" in told
    assert statuses(tmp_path) == [("aaa", "error")]


def test_what_runs_first_is_the_workflow_that_the_second_waits_for() -> None:
    first, second = (yaml.safe_load((WORKFLOWS / name).read_text()) for name in ("review.yml", "review-comment.yml"))
    # YAML reads `on` as a yes.
    assert second[True]["workflow_run"] == {"workflows": [first["name"]], "types": ["completed"]}
    assert first[True] == {"pull_request": None}


def test_another_repository_calls_it_as_the_docs_say(root: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (root / "docs" / "review.md").read_text(), re.DOTALL)
    first, second = map(yaml.safe_load, blocks)
    called = yaml.safe_load((WORKFLOWS / "review-comment.yml").read_text())
    (call,) = second["jobs"].values()

    assert call["with"].keys() == called[True]["workflow_call"]["inputs"].keys()
    assert call["permissions"].items() >= {
        permission for job in called["jobs"].values() for permission in job["permissions"].items()
    }
    assert second[True]["workflow_run"]["workflows"] == [first["name"]]
    (uploads,) = (
        step["with"] for job in first["jobs"].values() for step in job["steps"] if "name" in step.get("with", {})
    )
    assert uploads["name"] == "assemblies"
    ours = (WORKFLOWS / "review.yml").read_text()
    assert all(use in ours for use in re.findall(r"uses: (actions/.*)", blocks[0]))
