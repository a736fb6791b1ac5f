"""The app's server lives as systemd would have it live."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws.machines.disk import Disk
from local_aws.machines.service import Service, environment_of
from local_aws.machines.unit import Unit
from local_aws.processes import Process

Make = Callable[[str], Service]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    made = Disk(tmp_path / "i-1")
    made.create()
    made.app.mkdir()
    return made


@pytest.fixture
def make(disk: Disk) -> Iterator[Make]:
    made: list[Service] = []

    def service(program: str, **options: str) -> Service:
        (disk.app / "program.py").write_text(program)
        unit = Unit((f"/opt/venv/bin/{Path(sys.executable).name}", "program.py", "${PORT}"), options, 0.05)
        python = Path(sys.executable)
        made.append(Service(disk, unit, python, environment_of(disk, unit, python, {"PORT": "8501"})))
        return made[-1]

    yield service
    for one in made:
        one.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def log(disk: Disk) -> str:
    return disk.app_log.read_text() if disk.app_log.exists() else ""


def test_runs_the_units_command_with_a_private_port(make: Make, disk: Disk) -> None:
    service = make("import sys, time; print('port', sys.argv[1], flush=True); time.sleep(60)")
    service.start("127.0.0.2")
    wait_for(lambda: f"port {service.port}" in log(disk))
    assert service.port != 8501


def test_has_the_units_environment_and_none_of_the_laptops(
    make: Make, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    service = make("import os, time; print(sorted(os.environ), os.environ, flush=True); time.sleep(60)")
    service.start("127.0.0.2")
    wait_for(lambda: "STREAMLIT_BROWSER_SERVER_ADDRESS" in log(disk))
    assert "production" not in log(disk)
    assert "'STREAMLIT_BROWSER_SERVER_ADDRESS': '127.0.0.2'" in log(disk)
    assert "'STREAMLIT_BROWSER_SERVER_PORT': '8501'" in log(disk)
    assert f"'HOME': '{disk.home}'" in log(disk)


def test_starts_again_what_was_killed(make: Make, disk: Disk) -> None:
    service = make("import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)")
    service.start("127.0.0.1")
    wait_for(lambda: "pid" in log(disk))
    first = Process.read(disk.process)
    assert first
    first.stop(patience=0)
    wait_for(lambda: log(disk).count("pid") == 2)
    assert service.restarts == 1
    assert not service.ended


def test_starts_again_however_often_it_ends(make: Make, disk: Disk) -> None:
    service = make("print('started', flush=True); raise SystemExit(3)")
    service.start("127.0.0.1")
    wait_for(lambda: log(disk).count("started\n") > 7)
    assert "it ended with exit status 3 and is started anew" in log(disk)
    assert service.restarts >= 7


def test_stops_and_stays_stopped(make: Make, disk: Disk) -> None:
    service = make("import time; print('up', flush=True); time.sleep(60)")
    service.start("127.0.0.1")
    wait_for(lambda: "up" in log(disk))
    process = Process.read(disk.process)
    assert process
    service.stop()
    assert not process.runs()
    assert service.port is None
    time.sleep(0.2)
    assert log(disk).count("up\n") == 1
    assert not disk.process.exists()
