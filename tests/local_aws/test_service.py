"""The app's server lives as systemd would have it live."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws.machines import read_only
from local_aws.machines.app_environment import environment_of
from local_aws.machines.disk import Disk
from local_aws.machines.service import Service
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


WRITES = """
import os, time
from pathlib import Path

for folder in (".", "pages", os.environ["HOME"], os.environ["TMPDIR"], os.environ["STATE_DIRECTORY"]):
    try:
        with open(f"{folder}/written-by-{os.getpid()}", "x") as made:
            Path(made.name).unlink()
        print("may write:", folder, flush=True)
    except OSError as error:
        print("may not write:", folder, error.strerror, flush=True)
try:
    Path("program.py").write_text("changed")
except OSError as error:
    print("may not change:", error.strerror, flush=True)
Path.home().joinpath("old").touch()
print("home:", sorted(os.listdir(Path.home())), "state:", os.listdir(os.environ["STATE_DIRECTORY"]), flush=True)
Path(os.environ["STATE_DIRECTORY"], "kept").touch()
time.sleep(60)
"""


def test_the_app_writes_where_the_units_may_and_nowhere_else(make: Make, disk: Disk) -> None:
    (disk.app / "pages").mkdir()
    service = make(WRITES)
    service.start("127.0.0.1")
    wait_for(lambda: "home:" in log(disk))
    allowed = [line.split()[2] for line in log(disk).splitlines() if line.startswith("may write:")]
    assert allowed == [str(disk.home), str(disk.home), str(disk.app_state)]
    assert "may not write: . Permission denied" in log(disk)
    assert "may not change: Permission denied" in log(disk)
    assert log(disk).endswith("home: ['old'] state: []\n")

    # What is deployed next, or removed, is changed by us.
    service.stop()
    assert all(path.stat().st_mode & 0o200 for path in (disk.app, disk.app / "pages", disk.app / "program.py"))

    (disk.home / "older").touch()
    service.start("127.0.0.1")
    wait_for(lambda: log(disk).count("home:") == 2)
    assert log(disk).endswith("home: ['old'] state: ['kept']\n")


def test_says_so_where_nothing_keeps_root_from_writing(make: Make, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(read_only, "AS_ROOT", ("false",))
    service = make("import time; print('up', flush=True); time.sleep(60)")
    service.start("127.0.0.1")
    wait_for(lambda: log(disk).endswith("up\n"))
    assert "as root here, the app may write into its own folder; on AWS it may not" in log(disk)


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
