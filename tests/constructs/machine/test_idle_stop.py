"""A machine that nobody uses stops, and no other: what it is told, and its script against real connections."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from aws_cdk import Duration, Stack

from data_compute import IdleStop
from data_compute.machine import idle_stop
from tests.constructs.machine.test_files import needs_systemd
from tests.constructs.page.test_front_files import understood
from tests.constructs.servers import DefineServer
from tests.templates import synthesized, user_data

FILES = Path(idle_stop.__file__).with_name("idle")
UPTIME = 100_000
needs_ss = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no ss, and no machine runs it")


def test_the_boot_is_told_after_how_long(define: DefineServer) -> None:
    server = define()
    IdleStop(Stack.of(server), "IdleStop", machine=server, after=Duration.minutes(45))
    told = user_data(synthesized(Stack.of(server)))

    assert "IDLE_SECONDS=2700\n" in told
    assert "PARTS='idle=s3://" in told


@pytest.mark.parametrize("after", [Duration.minutes(9), Duration.seconds(599), Duration.hours(25)])
def test_too_short_and_too_long_are_refused(define: DefineServer, after: Duration) -> None:
    server = define()
    with pytest.raises(ValueError, match=r"after is .*: use from 10 minutes to 24 hours"):
        IdleStop(Stack.of(server), "IdleStop", machine=server, after=after)


def test_what_is_no_duration_is_refused(define: DefineServer) -> None:
    server, wrong = define(), {"after": 45}
    with pytest.raises(ValueError, match=r"after is 45: pass cdk\.Duration\.minutes\(45\)"):
        IdleStop(Stack.of(server), "IdleStop", machine=server, **wrong)  # type: ignore[arg-type]


def test_a_machine_without_a_boot_of_ours_is_refused(define: DefineServer) -> None:
    stack = Stack.of(define())
    with pytest.raises(ValueError, match=r"machine is None: pass one machine"):
        IdleStop(stack, "None", machine=None, after=Duration.hours(1))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="pass a StreamlitServer, whose boot can be told of it"):
        IdleStop(stack, "Plain", machine=Plain(), after=Duration.hours(1))  # type: ignore[arg-type]


class Plain:
    """A machine of somebody else's."""

    instance_id = "i-1"


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    assert understood(tmp_path, [FILES / "idle-stop.service", FILES / "idle-stop.timer"], []) == (0, "")


class Tried:
    """The script in a folder, with a port of its own, where turning off leaves a file, and nobody waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        self.give("sleep", "true")
        self.give("systemctl", f'echo "$@" >{folder}/called')
        self.give("cut", f"echo {UPTIME}")
        self.page = socket.create_server(("127.0.0.1", 0))
        self.last, self.log = folder / "last", folder / "app.log"

    def give(self, name: str, script: str) -> None:
        (self.folder / "bin" / name).write_text(f"#!/bin/bash\n{script}\n")
        (self.folder / "bin" / name).chmod(0o755)

    def run(self) -> tuple[int, bool]:
        """Give its exit status, and whether it has turned the machine off."""
        told = {"PORT": str(self.page.getsockname()[1]), "IDLE_SECONDS": "2700", "APP_LOG": str(self.log)}
        path = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["/bin/bash", str(FILES / "idle_stop.sh"), str(self.last)],
            env=told | path,
            capture_output=True,
            text=True,
        )
        called = self.folder / "called"
        assert not called.exists() or called.read_text() == "poweroff\n"
        return done.returncode, called.exists()


@pytest.fixture
def tried(tmp_path: Path) -> Iterator[Tried]:
    tried = Tried(tmp_path)
    yield tried
    tried.page.close()


@needs_ss
def test_a_start_has_all_of_the_time(tried: Tried) -> None:
    assert tried.run() == (0, False)
    assert tried.last.read_text() == f"{UPTIME}\n"


@needs_ss
@pytest.mark.parametrize(("seconds", "off"), [(2699, False), (2700, True)])
def test_it_stops_after_that_and_says_why(tried: Tried, seconds: int, *, off: bool) -> None:
    tried.last.write_text(f"{UPTIME - seconds}\n")

    assert tried.run() == (0, off)
    said = "idle-stop: nobody has had the page open for 45 minutes, so the machine stops\n"
    assert tried.log.exists() == off
    assert not off or tried.log.read_text() == said


@needs_ss
def test_a_session_keeps_it_on(tried: Tried) -> None:
    tried.last.write_text("0\n")
    with ExitStack() as opened:
        visitor = opened.enter_context(socket.create_connection(tried.page.getsockname()))
        opened.enter_context(tried.page.accept()[0])
        visitor.send(b"pong")
        assert tried.run() == (0, False)

    assert tried.last.read_text() == f"{UPTIME}\n"


@needs_ss
def test_a_request_that_is_over_does_not(tried: Tried) -> None:
    """Another connection each time: the first is closed while the script waits."""
    tried.last.write_text("0\n")
    tried.give("ss", "echo 0 0 10.0.0.1:8501 203.0.113.7:$RANDOM$RANDOM cubic lastrcv:4")

    assert tried.run() == (0, True)


@pytest.mark.parametrize(
    ("lines", "off"),
    [
        # As of one that was never heard, or is gone without a word.
        ("0 0 10.0.0.1:8501 203.0.113.7:4242 cubic lastsnd:9 lastrcv:60000 lastack:9", True),
        ("0 0 10.0.0.1:8501 203.0.113.7:4242 cubic lastsnd:9 lastrcv:9999 lastack:9", False),
        # ss leaves out what is nothing.
        ("0 0 [::ffff:10.0.0.1]:8501 [::ffff:203.0.113.7]:4242 cubic lastsnd:9", False),
        ("", True),
    ],
)
def test_who_says_nothing_does_not_either(tried: Tried, lines: str, *, off: bool) -> None:
    tried.last.write_text("0\n")
    tried.give("ss", f"echo '{lines}'" if lines else "true")

    assert tried.run() == (0, off)


def test_what_cannot_be_counted_stops_nothing(tried: Tried) -> None:
    tried.last.write_text("0\n")
    tried.give("ss", "exit 1")

    assert tried.run() == (1, False)
