"""deploy, with real commands in the CDK's place."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from data_compute.hours import EXAMPLE
from ops.answers.output import note
from ops.child import run
from ops.cloud import boot_watch
from ops.cloud.boot_watch import BootWatch
from ops.verbs import deploy
from stacks.setting import CHECKOUT
from tests.ops.fake_aws import IDENTITY, Ops
from tests.ops.fake_page import answering

Start = Callable[[str], subprocess.Popen[str]]

FAILED = ["ImportError: no sklearn", "boot: failed: the app's script raised an error"]
GOOD = ["boot: 03:00:09 the page answers on port 8501"]
# Ends once the file that it is given is there, with the status that it is given.
WAITING = """
import pathlib, sys, time
while not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.01)
sys.exit(int(sys.argv[2]))
"""


# How CloudFormation says that a stack is not there.
NOTHING_DEPLOYED = """<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>
<Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id Streamlit does not exist</Message>
</Error><RequestId>1</RequestId></ErrorResponse>"""


@pytest.fixture(autouse=True)
def _nothing_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot_watch, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(deploy, "deployed_settings", lambda _: {})
    monkeypatch.setattr(deploy, "offer_removal", lambda *_, **__: None)
    monkeypatch.setattr(deploy, "say_why", lambda *_: None)


class Looked:
    """Says what a look finds, and lets the command end after one."""

    def __init__(self, flag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.finds: list[str] | Exception = []
        self.stack = ""
        self.assembly = Path()
        self._flag = flag
        monkeypatch.setattr(BootWatch, "look", lambda watch: self._look(watch))

    def command(self, status: int) -> list[str]:
        return [sys.executable, "-c", WAITING, str(self._flag), str(status)]

    def _look(self, watch: BootWatch) -> None:
        self.stack, self.assembly = watch._here.stack_name("Streamlit"), watch._assembly
        try:
            if isinstance(self.finds, Exception):
                raise self.finds
            watch.logs["i-0fa11/boot"] = self.finds
        finally:
            self._flag.touch()


@pytest.fixture
def looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looked:
    return Looked(tmp_path / "looked", monkeypatch)


def test_a_failed_boot_is_shown_and_the_status_kept(ops: Ops, looked: Looked) -> None:
    looked.finds = FAILED
    result = ops("deploy", "--", *looked.command(3))
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.splitlines() == ["", "machine i-0fa11 did not come up. Its boot log ends so:", *FAILED]


def test_a_deploy_that_succeeds_says_no_more(ops: Ops, looked: Looked) -> None:
    looked.finds = FAILED
    result = ops("deploy", "--", *looked.command(0))
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(("words", "asked"), [(["-c", "https=true", "-c", "sign_in=true"], True), ([], False)])
def test_whether_anybody_can_sign_in_is_looked_at_where_people_sign_in(
    ops: Ops, looked: Looked, monkeypatch: pytest.MonkeyPatch, words: list[str], asked: bool
) -> None:
    monkeypatch.setattr(deploy, "remember", lambda *_: None)
    monkeypatch.setattr(deploy, "note_if_nobody", lambda here: note(f"looked at {here.copy}"))
    assert ("looked at main" in ops("deploy", "--", *looked.command(0), *words).stderr) == asked


@pytest.mark.parametrize(
    ("files", "warned"),
    [
        ({"requirements.txt": "streamlit\n"}, True),
        ({"requirements.txt": "streamlit==1 --hash=sha256:00\n"}, False),
        ({"requirements.txt": "streamlit\n", "uv.lock": ""}, False),
        ({}, False),
    ],
)
def test_an_app_that_is_not_locked_is_told_of_once(
    ops: Ops, looked: Looked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], warned: bool
) -> None:
    monkeypatch.setattr(deploy, "remember", lambda *_: None)
    app = tmp_path / "my app"
    app.mkdir()
    for name, text in files.items():
        (app / name).write_text(text)
    result = ops("deploy", "--", *looked.command(0), "-c", f"app={app}")
    path = os.path.relpath(app, CHECKOUT)
    told = (
        "the app is not locked: a new machine gets what requirements.txt lets in that day, which may break it or not "
        f"be its author's; `make lock 'APP={path}'` keeps it to the packages of today\n"
    )
    assert (result.exit_code, result.output) == (0, told if warned else "")


def test_a_failure_after_a_good_boot_says_no_more(ops: Ops, looked: Looked) -> None:
    looked.finds = GOOD
    result = ops("deploy", "--", *looked.command(1))
    assert (result.exit_code, result.output) == (1, "")


def test_no_credentials_are_for_the_command_to_tell(ops: Ops, looked: Looked) -> None:
    looked.finds = NoCredentialsError()
    result = ops("deploy", "--", *looked.command(1))
    assert (result.exit_code, result.output) == (1, "")


def test_a_missing_permission_is_one_sentence(ops: Ops, looked: Looked) -> None:
    refused = {"Error": {"Code": "AccessDenied", "Message": "not authorized to perform: logs:GetLogEvents"}}
    looked.finds = ClientError(refused, "GetLogEvents")
    result = ops("deploy", "--", *looked.command(1))
    assert result.exit_code == 1
    assert result.stderr.startswith("\nno boot log was looked for: you lack the permission logs:GetLogEvents")
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "stack"),
    [
        ((), (), "Streamlit"),
        (("--copy", "alice"), (), "Streamlit-alice"),
        ((), ("-c", "copy=bob"), "Streamlit-bob"),
        (("--copy", "main"), ("-c", "copy="), "Streamlit"),
        (("--copy", "alice"), ("--context=copy=alice",), "Streamlit-alice"),
    ],
)
def test_whose_stack_is_watched(
    ops: Ops, looked: Looked, ours: tuple[str, ...], theirs: tuple[str, ...], stack: str
) -> None:
    ops("deploy", *ours, "--", *looked.command(0), *theirs)
    assert looked.stack == stack


@pytest.mark.parametrize(
    ("theirs", "assembly"), [((), CHECKOUT / "cdk.out"), (("--output", "x"), Path("x")), (("-o", "x"), Path("x"))]
)
def test_where_the_log_group_is_looked_up(ops: Ops, looked: Looked, theirs: tuple[str, ...], assembly: Path) -> None:
    ops("deploy", "--", *looked.command(0), *theirs)
    assert looked.assembly == assembly


@pytest.fixture
def empty_account(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give an environment whose AWS has no stack, and no way to any other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_REGION": "eu-central-1"}
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    with answering(400, body=NOTHING_DEPLOYED) as cloudformation, answering(200, body=IDENTITY) as sts:
        urls = {"AWS_ENDPOINT_URL": cloudformation.url, "AWS_ENDPOINT_URL_STS": sts.url}
        yield {**kept, **nothing, **keys, **urls, "HOME": str(tmp_path)}


@pytest.fixture
def start(root: Path, empty_account: dict[str, str]) -> Iterator[Start]:
    """Start a deploy whose command is Python code; none of it stays."""
    started = []

    def run(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "deploy", "--", sys.executable, "-c", code],
            cwd=root,
            env=empty_account,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.system
def test_the_command_has_our_terminal(start: Start) -> None:
    code = "import sys; print(input('sure? ')); print('no', file=sys.stderr); sys.exit(5)"
    process = start(code)
    told, noted = process.communicate("yes\n", timeout=120)
    assert (told, noted.splitlines()[1:]) == ("sure? yes\n", ["no"])
    assert process.returncode == 5


@pytest.mark.system
@pytest.mark.parametrize(("number", "to_all"), [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, False)])
def test_the_command_decides_how_to_take_a_signal(start: Start, number: signal.Signals, to_all: bool) -> None:
    code = (
        "import signal, sys, time\n"
        f"signal.signal({number:d}, lambda *_: sys.exit(9))\n"
        "print('ready', flush=True); time.sleep(120)"
    )
    process = start(code)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    # A terminal sends Ctrl-C to everybody; a supervisor knows only of us.
    (os.killpg if to_all else os.kill)(process.pid, number)
    told, noted = process.communicate(timeout=120)
    # Which AWS it is.
    assert (told, len(noted.splitlines())) == ("", 1)
    assert process.returncode == 9


def test_a_command_that_is_killed_has_a_shells_status(ops: Ops, looked: Looked) -> None:
    assert ops("deploy", "--", "sh", "-c", "kill -9 $$").exit_code == 137
    assert looked.stack == "Streamlit"


def test_an_interrupted_one_says_that_aws_goes_on(ops: Ops, looked: Looked) -> None:
    result = ops("deploy", "--copy", "alice", "--", "sh", "-c", "kill -INT $$")
    assert result.exit_code == 130
    goes_on = "CloudFormation goes on with what it has begun: `python -m ops status --copy alice` tells how it ends"
    assert result.stderr == f"\n{goes_on}\n"
    assert looked.stack == "Streamlit-alice"


def test_what_our_caller_ignores_the_command_ignores(ops: Ops, looked: Looked, tmp_path: Path) -> None:
    """As under nohup."""
    told = tmp_path / "told"
    code = f"import signal; open({str(told)!r}, 'w').write(str(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN))"
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert ops("deploy", "--", sys.executable, "-c", code).exit_code == 0
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert told.read_text() == "True"
    assert looked.stack


def test_our_own_way_with_signals_is_back_afterwards(ops: Ops, looked: Looked) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    ops("deploy", "--", *looked.command(0))
    assert [signal.getsignal(number) for number in numbers] == before


def test_a_command_that_is_not_there(ops: Ops, looked: Looked) -> None:
    result = ops("deploy", "--", "no-such-command")
    assert (result.exit_code, result.stderr) == (1, "error: can't run no-such-command: No such file or directory\n")
    assert looked.stack


def test_no_command_is_a_mistake_of_use(ops: Ops) -> None:
    result = ops("deploy", "--copy", "alice", "--")
    assert result.exit_code == 2
    assert "Missing argument" in result.stderr


def test_options_of_the_command_are_the_commands(ops: Ops, looked: Looked) -> None:
    assert ops("deploy", "sh", "-c", "exit 4", "--copy", "alice", "--help").exit_code == 4
    assert looked.stack == "Streamlit"


def test_a_signal_that_comes_while_the_command_starts_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    start_it = subprocess.Popen

    def interrupted(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        child = start_it(command, **options)
        os.kill(os.getpid(), signal.SIGTERM)
        return child

    monkeypatch.setattr("ops.child.subprocess.Popen", interrupted)
    assert run(["sleep", "60"]) == 128 + signal.SIGTERM


def test_the_checkouts_own_cdk_is_found_where_no_other_is(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As make has it: the commands that we print begin with cdk."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    assert run(["sh", "-c", "command -v cdk"]) == 0
    assert capfd.readouterr().out.strip().endswith("node_modules/.bin/cdk")


@pytest.mark.parametrize(("words", "looks"), [(["-c", f"office_hours={EXAMPLE}"], True), ([], False)])
def test_a_machine_with_office_hours_is_left_as_it_was_found(
    ops: Ops, looked: Looked, monkeypatch: pytest.MonkeyPatch, words: list[str], looks: bool
) -> None:
    monkeypatch.setattr(deploy, "remember", lambda *_: None)
    monkeypatch.setattr(deploy, "look", lambda _: "as it was")
    monkeypatch.setattr(deploy, "leave_as_found", lambda _, found: note(f"left {found}"))

    assert ("left as it was" in ops("deploy", "--", *looked.command(0), *words).stderr) == looks
    # A rollback leaves it so by itself.
    assert "left" not in ops("deploy", "--", *looked.command(1), *words).stderr
