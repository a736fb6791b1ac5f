"""The steps of a boot say what is wrong."""

import io
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from data_compute.machine.contract import read_contract
from local_aws.machines import boot
from local_aws.machines.disk import Disk
from stacks.setting import CHECKOUT

BOOT_FILES, SERVICE_FILES = (CHECKOUT / "constructs/data_compute" / one for one in ("machine/boot", "page/unit"))
CONTRACT = read_contract(BOOT_FILES) | read_contract(SERVICE_FILES)


class Bucket:
    """An S3 that holds one zip file."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def download_file(self, bucket: str, key: str, path: str) -> None:
        if (bucket, key) != ("bucket", "some/app.zip"):
            raise FileNotFoundError("the specified key does not exist")
        Path(path).write_bytes(self.content)


class Server:
    """What ``prove`` looks at of a service."""

    restarts = 0
    ended = False
    pages = True

    def __init__(self, port: int) -> None:
        self.port = port

    def reload(self) -> bool:
        return self.pages


@pytest.fixture
def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("app.py", "import streamlit\n")
    return packed.getvalue()


@pytest.fixture
def answers() -> Iterator[tuple[Any, list[int]]]:
    """Serve each of the statuses once, and the last of them for ever."""
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/_stcore/health"
            self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield Server(server.server_port), statuses
        server.shutdown()


@pytest.mark.parametrize("line", ["-e .", "  --editable=./mylib", "-e ./mylib"])
def test_builds_nothing_of_the_apps_own_folder(tmp_path: Path, line: str) -> None:
    disk = Disk(tmp_path)
    disk.app.mkdir()
    shutil.copytree(BOOT_FILES, disk.boot_files)
    shutil.copytree(SERVICE_FILES, disk.service_files)
    (disk.app / "requirements.txt").write_text("--extra-index-url https://example.org\n./only-e.whl\n")
    boot.check_requirements(disk)
    (disk.app / "requirements.txt").write_text(f"streamlit\n{line}\n")
    with pytest.raises(boot.BootError, match=r"requirements\.txt has an editable package \(-e\), which root would"):
        boot.check_requirements(disk)


def test_fetches_and_unpacks(tmp_path: Path, archive: bytes) -> None:
    boot.fetch(Bucket(archive), "s3://bucket/some/app.zip", tmp_path / "app")
    assert (tmp_path / "app" / "app.py").read_text() == "import streamlit\n"
    assert not (tmp_path / "app.zip").exists()


def test_names_what_could_not_be_fetched(tmp_path: Path, archive: bytes) -> None:
    with pytest.raises(boot.BootError, match=r"could not fetch s3://bucket/none\.zip: the specified key"):
        boot.fetch(Bucket(archive), "s3://bucket/none.zip", tmp_path / "app")
    with pytest.raises(boot.BootError, match="not a zip file"):
        boot.fetch(Bucket(b"broken"), "s3://bucket/some/app.zip", tmp_path / "app")


def test_names_a_missing_entry_file(tmp_path: Path) -> None:
    with pytest.raises(boot.BootError, match=r"the app has no file main\.py"):
        boot.check_entry_file(Disk(tmp_path), "main.py")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements.lock"])
def test_names_the_requirements_that_bring_no_server(tmp_path: Path, name: str) -> None:
    disk = Disk(tmp_path)
    shutil.copytree(BOOT_FILES, disk.boot_files)
    shutil.copytree(SERVICE_FILES, disk.service_files)
    for file in {"requirements.txt", name}:
        disk.app.mkdir(exist_ok=True)
        (disk.app / file).touch()
    interpreter = tmp_path / "bin" / "python"
    interpreter.parent.mkdir()
    with pytest.raises(boot.BootError, match=rf"{name} brings no streamlit, .*: add the line streamlit"):
        boot.check_program(interpreter, disk)
    interpreter.with_name("streamlit").touch()
    boot.check_program(interpreter, disk)


@pytest.mark.parametrize("before", [[], [503, 502]])
def test_waits_until_the_server_answers(answers: tuple[Any, list[int]], before: list[int]) -> None:
    server, statuses = answers
    statuses += [*before, 200]
    boot.prove(server, CONTRACT)


def test_a_page_that_fails_is_the_apps_fault(answers: tuple[Any, list[int]]) -> None:
    server, statuses = answers
    statuses.append(200)
    server.pages = False
    with pytest.raises(boot.BootError, match="the app's script raised an error"):
        boot.prove(server, CONTRACT)


def test_says_when_the_server_ended(answers: tuple[Any, list[int]]) -> None:
    server, statuses = answers
    statuses.append(503)
    server.ended = True
    with pytest.raises(boot.BootError, match="ended as soon as it started"):
        boot.prove(server, CONTRACT)


def test_says_when_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "PATIENCE_SECONDS", 0.2)
    nobody: Any = Server(9)
    with pytest.raises(boot.BootError, match="did not answer"):
        boot.prove(nobody, CONTRACT)


class Balancer:
    """An ELB that finds a machine one thing after the other, or refuses to say."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)

    def describe_target_health(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"TargetGroupArn": "a-group", "Targets": [{"Id": "i-1"}]}
        if not self.states:
            raise PermissionError("AccessDenied")
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": state}}]}


def test_waits_until_the_balancer_finds_it_well() -> None:
    balancer = Balancer("initial", "unhealthy", "healthy")
    boot.wait_until_well(balancer, "a-group", "i-1")
    assert balancer.states == ["healthy"]


def test_says_when_the_balancer_does_not_find_it_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(boot.BootError, match=r"the page answers, and the load balancer does not .*'unhealthy'"):
        boot.wait_until_well(Balancer("unhealthy"), "a-group", "i-1")


def test_says_when_it_may_not_ask_the_balancer() -> None:
    with pytest.raises(boot.BootError, match=r"may not ask .*AccessDenied"):
        boot.wait_until_well(Balancer(), "a-group", "i-1")
