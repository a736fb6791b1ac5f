"""The command: Markdown or JSON, and an exit status that a pipeline can act on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from review.__main__ import main
from tests.review.apps import Json, resource, write_assembly

QUEUE, GROUP = "AWS::SQS::Queue", "AWS::Logs::LogGroup"


def written(folder: Path, **resources: Json) -> str:
    return str(write_assembly(folder, {"App": {"Resources": resources}}))


@pytest.fixture
def base(tmp_path: Path) -> str:
    return written(tmp_path / "base", Jobs=resource(QUEUE, {"DelaySeconds": 1}), Log=resource(GROUP))


def test_no_change_is_one_sentence(base: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([base, base]) == 0
    assert capsys.readouterr().out == "Nothing that is deployed changes.\n"
    manifest = Path(written(tmp_path / "quiet"), "manifest.json")
    manifest.write_text(manifest.read_text().replace('"terminationProtection": false', '"terminationProtection": true'))
    assert main([str(manifest.parent)]) == 0
    assert capsys.readouterr().out == "Nothing here asks for a look.\n"


def test_what_stops_comes_first_and_raw_properties_are_folded(
    base: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = written(tmp_path / "head", Jobs=resource(QUEUE, {"DelaySeconds": 2}), New=resource(QUEUE))

    assert main([base, head]) == 1

    shown = capsys.readouterr().out
    wanted = [
        "## STOP",
        "`App/Log` (`AWS::Logs::LogGroup`) **deleted**: ",
        "## Note",
        "`App/New` (`AWS::SQS::Queue`) **created**: ",
        "<details>",
        "`Properties/DelaySeconds`",
    ]
    assert [part for part in wanted if part in shown] == wanted
    assert sorted(wanted, key=shown.index) == wanted


def test_what_is_told_in_the_same_words_is_one_line(
    base: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {"Jobs": resource(QUEUE, {"DelaySeconds": 1}), "Log": resource(GROUP)}
    main([base, written(tmp_path / "head", **kept, One=resource(QUEUE), Two=resource(QUEUE))])
    assert (
        "- **created**, 2 times: It is new. `App/One` (`AWS::SQS::Queue`), `App/Two` (`AWS::SQS::Queue`)"
        in capsys.readouterr().out
    )


def test_a_change_that_stops_nobody_ends_well(base: str, tmp_path: Path) -> None:
    assert main([base, written(tmp_path / "head", Jobs=resource(QUEUE, {"DelaySeconds": 2}), Log=resource(GROUP))]) == 0


def test_the_limit_of_what_it_costs_more_is_told(base: str, tmp_path: Path) -> None:
    kept = {"Jobs": resource(QUEUE, {"DelaySeconds": 1}), "Log": resource(GROUP)}
    head = written(tmp_path / "head", **kept, Nat=resource("AWS::EC2::NatGateway"))
    assert main([base, head]) == 1
    assert main([base, head, "--cost-limit", "33"]) == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["head", "--cost-limit", "nan"], "nan is no amount of dollars"),
        (["head", "--cost-limit", "-5"], "-5 is no amount of dollars"),
        (["--cost-limit", "5"], "name its HEAD behind BASE"),
        (["--accepted-base", "/dev/null"], "name its HEAD behind BASE"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(
    base: str, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        main([base, *options])
    assert refused.value.code == 2
    assert says in capsys.readouterr().err


def test_json_holds_every_fact(base: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = written(tmp_path / "head", Jobs=resource(QUEUE, {"DelaySeconds": 2}), Log=resource(GROUP))

    main([base, head, "--json"])

    shown = json.loads(capsys.readouterr().out)
    assert shown["templateDiff"]["App"]["resources"]["Jobs"]["changeImpact"] == "WILL_UPDATE"
    assert shown == {
        "templateDiff": shown["templateDiff"],
        "facts": [
            {
                "id": "property:App/Jobs:Properties/DelaySeconds",
                "kind": "property",
                "level": "note",
                "stack": "App",
                "path": "Jobs",
                "detail": "Properties/DelaySeconds",
                "sentence": "`Properties/DelaySeconds`: `1` → `2`",
                "values": {"old": 1, "new": 2},
            }
        ],
    }


def test_what_cannot_be_compared_is_said_in_a_sentence(base: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([base, "nowhere"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "review: nowhere is no folder: synthesize one with `cdk synth --output nowhere`\n"


def test_an_assembly_without_a_stack_and_a_file_are_none_to_tell_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = write_assembly(tmp_path / "empty", {})
    assert main([str(empty)]) == 2
    assert capsys.readouterr().err == f"review: {empty} has no stack\n"
    assert main([str(empty / "manifest.json")]) == 2
    assert capsys.readouterr().err == f"review: {empty}/manifest.json is a file; name the folder that it is in\n"


def test_a_template_that_refers_to_itself_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = [
        str(
            write_assembly(
                tmp_path / said,
                {
                    "App": {"Conditions": {"A": {"Fn::Not": [{"Condition": "A"}], "B": said}}}
                    | {"Resources": {"It": resource(QUEUE, Condition="A")}}
                },
            )
        )
        for said in "ab"
    ]
    assert main(heads) == 2
    assert capsys.readouterr().err == "review: a template refers to itself, or is nested too deeply to be read\n"


def test_a_fault_of_ours_is_never_a_finding(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.kinds.changes", lambda _: [].pop())
    assert main([base, base]) == 2


def test_nothing_of_an_assembly_works_as_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "\ud800`@everyone` [x](http://x)\n\n# <img src=x>"
    base = written(tmp_path / "base", **{said: resource(QUEUE, {said: said})})
    main([base, written(tmp_path / "head")])
    for line in capsys.readouterr().out.splitlines():
        # What stands within code is shown as it is; even parts stand outside.
        outside = "".join(line.split("`")[::2])
        assert not any(mark in outside for mark in ("@", "<img", "[x]", "# ")) or line.startswith("## ")


def test_no_report_starts_the_cdk_or_loads_what_it_may_not(base: str) -> None:
    program = (
        "import sys; from review.__main__ import main; main(sys.argv[1:]);"
        "sys.exit(bool({'aws_cdk', 'jsii', 'boto3', 'cfnlint', 'urllib.request'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program, base, base], check=True)
