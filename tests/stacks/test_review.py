"""The review of this app's own stacks."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from review import kinds
from review.__main__ import main
from review.assembly import Assembly, Stack
from review.assets import Asset
from review.comparison import Comparison
from review.fact import Level
from review.reading import read_assembly
from review.report import markdown
from tests.review.leaves import silent
from tests.stacks.conftest import Synthesis
from tests.stacks.variants import BOTH


@pytest.fixture(scope="module")
def shipped(synthesis: Callable[[str], Synthesis]) -> Assembly:
    return read_assembly(synthesis("default").folder)


@pytest.mark.system
@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("of", ["template", "artifact"])
@pytest.mark.parametrize("drop", [False, True])
def test_no_change_of_a_leaf_is_silent(shipped: Assembly, name: str, of: str, *, drop: bool) -> None:
    assert silent(shipped, name, of, drop=drop) == []


def test_another_tag_and_another_description_ask_for_no_look(shipped: Assembly) -> None:
    text = json.dumps([stack.template for stack in shipped.stacks])
    edited = text.replace('"Value": "cdk-data-compute"', '"Value": "other"').replace(
        '"Description": "', '"Description": "new: '
    )
    stacks = [
        Stack(stack.name, template, stack.artifact, paths=stack.paths)
        for stack, template in zip(shipped.stacks, json.loads(edited), strict=True)
    ]
    facts = list(kinds.changes(Comparison(shipped, Assembly(shipped.folder, stacks))))
    assert len(facts) > 20
    assert [(fact.id, fact.sentence) for fact in facts if fact.level != Level.NOTE] == []


def test_nothing_of_the_app_itself_stops(
    shipped: Assembly, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Where the app's own `.review-accepted` is, if it has one.
    monkeypatch.chdir(root)
    status = main([str(shipped.folder)])
    assert status == 0, capsys.readouterr()


def test_the_month_is_the_one_of_the_docs(shipped: Assembly, root: Path) -> None:
    costs = (root / "docs" / "costs.md").read_text(encoding="utf-8")
    (month,) = [fact.values["after"] for fact in kinds.inventory(shipped) if fact.kind == "cost"]
    assert f"| **a month** | **${month}** |" in costs


def uploading(shipped: Assembly, folder: Path, edited: dict[str, str]) -> Assembly:
    """Give the app with another hash for each asset, and copies of some in which a file is edited."""
    assets = {}
    for asset in shipped.assets.values():
        path = asset.path
        if asset.name in edited:
            path = Path(shutil.copytree(asset.path, folder / asset.id))
            file = path / edited[asset.name]
            file.write_text(file.read_text() + "\n# edited\n")
        assets[asset.id[::-1]] = Asset(asset.id[::-1], path, asset.name)
    text = json.dumps([stack.template for stack in shipped.stacks])
    moved = re.sub("[0-9a-f]{64}", lambda found: found[0][::-1] if found[0] in shipped.assets else found[0], text)
    stacks = [
        Stack(stack.name, template, stack.artifact, paths=stack.paths)
        for stack, template in zip(shipped.stacks, json.loads(moved), strict=True)
    ]
    assert moved != text
    return Assembly(shipped.folder, stacks, assets)


def test_hashes_that_move_are_no_news_and_stop_nothing(shipped: Assembly, tmp_path: Path) -> None:
    facts = list(kinds.changes(Comparison(shipped, uploading(shipped, tmp_path, {}))))
    assert "Server/Instance" in {fact.path for fact in facts if fact.kind == "replaced"}
    assert {fact.kind for fact in facts} & {"code", "user-data", "cost", "unprotected", "protection-lost"} == set()
    assert [(fact.id, fact.sentence) for fact in facts if fact.level == Level.STOP] == []


def test_a_pages_text_and_a_handlers_body_are_told_and_stop_nothing(shipped: Assembly, tmp_path: Path) -> None:
    changed = uploading(shipped, tmp_path, {"Server/Template/App": "app.py", "Function/Function/Code": "handler.py"})
    facts = list(kinds.changes(Comparison(shipped, changed)))
    told = {(fact.path, fact.sentence) for fact in facts if fact.kind == "code"}
    assert {
        ("Server/Template/LaunchTemplate", "Files of `Server/Template/App` that change: `app.py`."),
        ("Function/Function", "Files of `Function/Function/Code` that change: `handler.py`."),
    } <= told
    assert [(fact.id, fact.sentence) for fact in facts if fact.level == Level.STOP] == []


def test_the_readme_shows_what_a_report_says(
    shipped: Assembly, synthesis: Callable[[str], Synthesis], root: Path
) -> None:
    quoted = re.findall(r"^>(.*)", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    shown = re.findall(r"- (.*?)(?= - | \*\*\w+\*\* - |$)", " ".join(" ".join(quoted).split()))
    changes = [Comparison(shipped, read_assembly(synthesis(variant).folder)) for variant in ("world", "x86")]
    report = "\n".join(markdown(list(kinds.changes(change)), "", {}) for change in changes)
    assert len(shown) == 3
    assert [line for line in shown if f"- {line}\n" not in report] == []


def test_with_doors_open_the_inventory_says_who_can_reach_what_and_who_may_do_what(
    synthesis: Callable[[str], Synthesis],
) -> None:
    facts = list(kinds.inventory(read_assembly(synthesis("doors").folder)))

    told = {fact.sentence for fact in facts if fact.kind in ("reachable", "callable", "may")}
    # Somebody may have added a function of their own.
    assert len(facts) <= 16
    assert {one.partition(" may ")[0] for one in told if " may " in one} >= {
        "`Function/Function`, `Function/Function/Twin`",
        "`Server/Instance`",
    }
    assert told >= {
        "`203.0.113.0/24`, whoever is in the prefix list `pl-12345678` can reach `tcp` 8501 of `Server/Instance`.",
        "`203.0.113.7/32` can reach `tcp` 22 (SSH) of `Server/Instance`.",
    }
    (called,) = (one for one in told if one.startswith("Everybody on the internet can call "))
    assert {"`GET /calculate_mean`", "`POST /calculate_mean`"} <= {*re.findall("`[A-Z]+ [^`]+`", called)}
    assert called.endswith(": nobody is asked who it is.")


def test_a_door_that_opens_to_the_world_stops(shipped: Assembly, synthesis: Callable[[str], Synthesis]) -> None:
    facts = list(kinds.changes(Comparison(shipped, read_assembly(synthesis("world").folder))))
    assert [fact.id for fact in facts if fact.level == Level.STOP] == [
        "opened:Streamlit/Server/SecurityGroup:in:tcp/8501:0.0.0.0/0"
    ]
