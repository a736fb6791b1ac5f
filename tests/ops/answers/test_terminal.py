"""What others wrote reaches the operator's terminal as text: control characters are shown, not sent."""

import io
import json
import unicodedata

import pytest
from botocore.response import StreamingBody

from ops.answers.output import note, progress, shown
from ops.cloud.boot_log import why_not_up
from tests.ops.fake_aws import INSTANCE, FakeAws, Ops
from tests.ops.fake_page import answering

# Sets the window's title, clears the screen, colours by C1, deletes, returns, and turns the direction of writing.
ATTACK = "a\x1b]0;owned\x07b\x1b[2Jc\x9b31md\x7fe\rf\u202eg\u2066h\u2028i\x00j\tk"
SHOWN = r"a\x1b]0;owned\x07b\x1b[2Jc\x9b31md\x7fe\rf\u202eg\u2066h\u2028i\x00j" + "\tk"
TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def obeyed(text: str) -> list[str]:
    """List what a terminal would do something with, by what Unicode says of it."""
    return [
        character
        for character in text
        if (unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") and character not in "\t\n")
        or ord(character) in TURNS
    ]


def test_an_attack_is_shown() -> None:
    assert shown(ATTACK) == SHOWN


def test_no_character_that_a_terminal_obeys_is_left() -> None:
    assert obeyed(shown("".join(map(chr, range(0x110000))))) == []


@pytest.mark.parametrize("text", ["", "plain\n\tindented\n", "größer → 中文 🙂 \\x1b", "e\u0301\xa0\u200d"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_what_no_encoding_has_can_be_printed() -> None:
    shown("half of a \ud83d").encode()


def logs_of_the_api(aws: FakeAws) -> None:
    aws.deployment()
    event = {"eventId": "1", "timestamp": 1, "message": ATTACK, "logStreamName": ATTACK}
    aws.expect("logs", "filter_log_events", {"events": [event]})


def test_logs(aws: FakeAws, ops: Ops) -> None:
    logs_of_the_api(aws)
    assert ops("logs", "api").stdout == f"1970-01-01 00:00:00  {SHOWN}\n"


def test_logs_for_scripts_are_whole_and_harmless(aws: FakeAws, ops: Ops) -> None:
    logs_of_the_api(aws)
    printed = ops("logs", "api", "--json").stdout
    assert obeyed(printed) == []
    assert json.loads(printed)["message"] == ATTACK


def test_the_boot_log_that_a_failed_deploy_shows(capsys: pytest.CaptureFixture[str]) -> None:
    note(why_not_up({f"{INSTANCE}/boot": [ATTACK, "boot: failed"]}))
    assert SHOWN in capsys.readouterr().err


@pytest.mark.parametrize("fails", [False, True])
def test_what_the_function_answers(aws: FakeAws, ops: Ops, fails: bool) -> None:
    aws.deployment()
    raw = json.dumps({"errorMessage": ATTACK} if fails else {"statusCode": 200, "body": ATTACK}).encode()
    answer = {"Payload": StreamingBody(io.BytesIO(raw), len(raw)), "ResponseMetadata": {"RequestId": "r"}}
    aws.expect("lambda", "invoke", answer | ({"FunctionError": "Unhandled"} if fails else {}))
    result = ops("invoke", "1")
    assert SHOWN in (result.stderr if fails else result.stdout)
    assert obeyed(result.output) == []


def test_what_the_api_answers(aws: FakeAws, ops: Ops) -> None:
    refusal = {"error": {"code": ATTACK, "message": ATTACK}}
    with answering(422, body=json.dumps(refusal)) as api:
        aws.deployment(api=api.url)
        result = ops("invoke", "--http", "1")
    assert f"{SHOWN} (HTTP 422, {SHOWN})" in result.stderr
    assert obeyed(result.output) == []


@pytest.mark.parametrize("verb", ["status", "url"])
def test_cloudformations_reasons(aws: FakeAws, ops: Ops, verb: str) -> None:
    aws.stack("CalculateMean", {})
    aws.stack("Streamlit", {}, status="ROLLBACK_COMPLETE", StackStatusReason=ATTACK)
    result = ops(verb)
    assert SHOWN in result.stderr
    assert obeyed(result.output) == []


def test_what_doctor_finds(aws: FakeAws, ops: Ops) -> None:
    aws.refuse("sts", "get_caller_identity", "Denied", ATTACK)
    result = ops("doctor")
    assert SHOWN in result.stdout
    assert obeyed(result.output) == []


def test_a_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress("[red]one[/nothing]\x1b]0;owned\x07") as tell:
        tell("[red]one[/nothing]\x1b]0;owned\x07")
    assert r"[red]one[/nothing]\x1b]0;owned\x07" in terminal.getvalue()
    assert "\x1b]0;owned" not in terminal.getvalue()
