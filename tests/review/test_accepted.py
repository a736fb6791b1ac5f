"""What people have accepted stops no more: of an app as long as it is so, of a change for that change."""

import json
from pathlib import Path

import pytest

from review.__main__ import main
from tests.review.apps import Json, resource, write_assembly

QUEUE, GROUP = "AWS::SQS::Queue", "AWS::Logs::LogGroup"
PIPED = resource("AWS::EC2::Instance", {"UserData": {"Fn::Base64": "curl x | bash"}})
STANDING, GOES = "piped-to-shell:App/My Machine", "deleted:App/Log"


def written(folder: Path, **resources: Json) -> str:
    return str(write_assembly(folder, {"App": {"Resources": resources}}))


@pytest.fixture
def app(tmp_path: Path) -> str:
    return written(tmp_path / "app", **{"My Machine": PIPED})


@pytest.fixture
def change(tmp_path: Path) -> list[str]:
    sides = {"base": {"Log": resource(GROUP), "Jobs": resource(QUEUE)}, "head": {"Jobs": resource(QUEUE)}}
    return [written(tmp_path / name, **resources) for name, resources in sides.items()]


def accepting(folder: Path, *lines: str, name: str = "now") -> str:
    (folder / name).write_text("# ids and reasons\n\n" + "\n".join(lines))
    return str(folder / name)


def test_what_stands_is_accepted_with_a_reason_and_stands_first(
    app: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([app]) == 1
    assert main([app, "--accepted", accepting(tmp_path, f"{STANDING}  our own\tmirror <b>")]) == 0
    shown = capsys.readouterr().out.split("Accepted\n\n")[1].splitlines()[0]
    assert shown.startswith("- `App/My Machine` (`AWS::EC2::Instance`) **piped-to-shell**: ")
    assert shown.endswith("Accepted, STOP: `our own mirror <b>`")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (STANDING, "accepts without a reason"),
        ("piped-to-shell:App/Gone reason", "accepts what is no longer so"),
        ("cost-of-all:App/Gone reason", "accepts what is no longer so"),
        (": y", "accepts what is no longer so"),
        (":: foo", "accepts what is no longer so"),
    ],
)
def test_an_acceptance_of_an_app_has_a_reason_and_is_not_stale(
    app: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    assert main([app, "--accepted", accepting(tmp_path, line)]) == 2
    captured = capsys.readouterr()
    assert (captured.out, says in captured.err, line in captured.err) == ("", True, True)


@pytest.mark.parametrize("id_", [GOES, "opened:App/Group:in:tcp/22:0.0.0.0/0", "route:App/Get:GET_/", "cost:+32.85"])
def test_what_was_accepted_of_a_change_is_none_of_an_apps(app: str, tmp_path: Path, id_: str) -> None:
    assert main([app, "--accepted", accepting(tmp_path, f"{id_} so meant")]) == 1


def test_what_a_change_does_is_accepted_by_a_line_that_came_with_it(change: list[str], tmp_path: Path) -> None:
    now = ["--accepted", accepting(tmp_path, f"{GOES} nobody reads it")]
    none, same = accepting(tmp_path, name="none"), accepting(tmp_path, f"{GOES} nobody reads it", name="same")
    assert main(change) == 1
    assert main([*change, *now]) == 1
    assert main([*change, *now, "--accepted-base", same]) == 1
    assert main([*change, *now, "--accepted-base", none]) == 0
    assert main([*change, *now, "--accepted-base", "/dev/null"]) == 0


def test_a_stop_ends_with_the_id_that_accepts_it(
    change: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(change) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "**deleted**" in line]
    accepted = accepting(tmp_path, f"{line.split('`')[-2]} nobody reads it")
    assert main([*change, "--accepted", accepted, "--accepted-base", "/dev/null"]) == 0


def test_a_line_that_does_not_count_is_said(
    change: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [
        "--accepted",
        accepting(tmp_path, f"{GOES} nobody reads it", "deleted:App/Lgo nobody reads it", f"{STANDING} of the app"),
    ]
    assert main([*change, *now]) == 1
    assert f"count only with `--accepted-base`, which names the file as it was at BASE: `{GOES} " in (
        without := capsys.readouterr().out
    )
    assert "Lgo" not in without
    assert main([*change, *now, "--accepted-base", "/dev/null"]) == 0
    assert (
        "Of `now` these new lines fit nothing in this change: `deleted:App/Lgo nobody reads it`."
        in capsys.readouterr().out
    )


@pytest.mark.parametrize("option", ["--accepted", "--accepted-base"])
def test_a_mistyped_file_accepts_nothing_in_silence(
    change: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    files = {"--accepted": accepting(tmp_path, f"{GOES} nobody reads it"), "--accepted-base": "/dev/null"}
    files[option] = "nowhere"
    assert main([*change, *(word for pair in files.items() for word in pair)]) == 2
    assert capsys.readouterr().err == (
        "review: nowhere cannot be read: No such file or directory; where there is none, name /dev/null\n"
    )


def test_json_has_the_reason(change: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [accepting(tmp_path, f"{GOES} nobody reads it"), accepting(tmp_path, name="none")]
    main([*change, "--json", "--accepted", files[0], "--accepted-base", files[1]])
    facts = json.loads(capsys.readouterr().out)["facts"]
    assert {fact["id"]: fact["accepted"] for fact in facts if "accepted" in fact} == {GOES: "nobody reads it"}


@pytest.mark.parametrize(("content", "says"), [(b"\xff", "is no text in UTF-8"), (b"x" * 3000, "is too large")])
def test_what_is_no_such_file_is_said(
    app: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, says: str
) -> None:
    (tmp_path / "now").write_bytes(content)
    assert main([app, "--accepted", str(tmp_path / "now")]) == 2
    assert says in capsys.readouterr().err
