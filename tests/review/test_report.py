"""The report is never longer than a comment may be, and what stops is the last that it leaves out."""

from pathlib import Path

import pytest

from review.__main__ import main
from review.fact import Fact, Level
from review.report import LONGEST, NOT_SEEN, markdown
from tests.review.apps import resource, write_assembly

HOSTILE = "</details>\n# <img src=x>`[a](http://b) @everyone |~~~"


def facts(count: int, level: Level, kind: str = "replaced", sentence: str = "It goes.") -> list[Fact]:
    return [Fact(kind, level, "App", f"{level.value}{number}", f"{sentence} {number}") for number in range(count)]


def test_what_stops_is_shown_before_what_was_accepted_and_all_else() -> None:
    stops, others = facts(800, Level.STOP), [*facts(900, Level.LOOK), *facts(900, Level.NOTE, "property")]
    accepted = facts(900, Level.STOP, "moved")
    reasons = {fact.id: "x" * 100 for fact in accepted}
    shown = markdown([*others, *accepted, *stops], "", reasons)
    assert len(shown) <= LONGEST
    assert all(f"`App/{fact.path}` **replaced**" in shown for fact in stops)
    assert shown.index("## Accepted") < shown.index("## STOP")
    assert "`App/note1`" not in shown
    left_out = 3500 - sum(shown.count(f"**{kind}**") for kind in ("replaced", "moved"))
    assert f"**Not shown, as there is no room: {left_out} facts.**" in shown


def test_nothing_is_left_out_in_silence_where_all_stop() -> None:
    shown = markdown(facts(5_000, Level.STOP), "", {})
    assert len(shown) <= LONGEST
    assert f"no room: {5_000 - shown.count('**replaced**')} facts" in shown
    assert shown.endswith("</details>")


def test_one_fact_of_many_places_or_lines_is_cut() -> None:
    alike = [Fact("replaced", Level.STOP, "App", f"It{number}", "It goes.") for number in range(10_000)]
    lines = Fact("user-data", Level.LOOK, "App", "M", "Lines.", values={"lines": ["x" * 5_000] * 5_000})
    long = Fact("moved", Level.STOP, "App", "L", "x" * 100_000)
    shown = markdown([*alike, lines, long], "", {})
    assert len(shown) < 15_000
    assert "10000 times" in shown
    assert "and 9988 more" in shown
    assert "… and 4960 more lines" in shown
    assert "`App/L` **moved**: `--json` has it" in shown


def test_a_whole_app_has_no_place() -> None:
    assert "- **cost**: More." in markdown([Fact("cost", Level.LOOK, "", "", "More.")], "", {})


def test_a_hostile_assembly_is_reported_in_bounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    types = ["AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::EC2::Instance", HOSTILE, "AWS::SQS::Queue"]

    def side(name: str) -> str:
        resources = {
            f"{HOSTILE}{number}": resource(
                types[number % len(types)],
                {
                    HOSTILE: HOSTILE * 500,
                    "Tags": [name] * 50,
                    "UserData": "curl " * 200,
                    "Handler": HOSTILE,
                },
                Metadata={"aws:cdk:path": f"App/{HOSTILE}{number}/{name}"},
            )
            for number in range(60 if name == "a" else 50)
        }
        outputs = {f"{HOSTILE}{name}": {"Value": HOSTILE, "Export": {"Name": HOSTILE + name}}}
        return str(write_assembly(tmp_path / name, {"App": {"Resources": resources, "Outputs": outputs}}))

    sides = side("a"), side("b")
    assert main([*sides]) == 1
    shown = capsys.readouterr().out
    assert len(shown) <= LONGEST + 1
    assert_no_markdown(shown)


def test_the_docs_say_what_it_cannot_see_in_the_same_words(root: Path) -> None:
    said = NOT_SEEN.split("</summary>")[1].removesuffix("</details>").split()
    assert " ".join(said) in " ".join((root / "docs" / "review.md").read_text().split())


def assert_no_markdown(shown: str) -> None:
    """See that what strangers wrote stands within code, where no Markdown works."""
    fence = None
    for line in shown.splitlines():
        mark = line.strip()
        if fence is None and mark.startswith("~~~"):
            fence = mark.removesuffix("diff")
        elif mark == fence:
            fence = None
        elif fence is None:
            outside = "".join(line.split("`")[::2])
            assert not any(sign in outside for sign in ("@", "<img", "](", "# <")), line
    assert fence is None
