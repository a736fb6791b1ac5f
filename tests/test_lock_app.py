"""`make lock APP=folder`: the real uv, with packages of a folder in the index's place."""

import subprocess
import sys
from pathlib import Path

import pytest

import lock_app
from data_compute.requirements import is_locked, lines_of
from stacks.copies import write_copy
from tests import source_package


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    package = source_package.write(tmp_path / "package")
    subprocess.run([sys.executable, "-c", "import backend; backend.build_wheel('.')"], cwd=package, check=True)
    return package


def test_locks_an_app_with_what_its_requirements_say_of_indexes(
    wheels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = tmp_path / "my app"
    app.mkdir()
    options = ["--no-index", f"--find-links {wheels}"]
    (app / "requirements.txt").write_text("\n".join([*options, "only-here"]))
    for words in ((), ("--upgrade",)):
        assert lock_app.main(str(app), *words) == 0
        assert capsys.readouterr().out.startswith(f"{app}/requirements.lock: 1 packages with their hashes; ")
        *said, package = lines_of(app / "requirements.lock")
        assert said == options
        assert package.startswith("only-here==1.0 ")
        assert is_locked(app / "requirements.lock")


@pytest.mark.parametrize(
    ("told", "count"),
    [({}, 0), ({"instance_type": "t3.small"}, 1), ({"account": "lab"}, 1)],
    ids=["usual", "told", "lab"],
)
def test_locks_for_the_machine_that_the_copy_has(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], count: int
) -> None:
    monkeypatch.setenv("DATA_COMPUTE_COPIES", str(tmp_path / "copies"))
    write_copy(tmp_path / "copies", "main", told)
    only_intel = "only-here ; platform_machine == 'x86_64'"
    (tmp_path / "requirements.txt").write_text(f"--no-index\n--find-links {wheels}\n{only_intel}\n")
    lock = lock_app.lock_app(tmp_path, upgrade=False)
    assert lock.read_text().count("only-here==1.0") == count


def test_locks_a_function_for_every_system(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs on Lambda and in the laptop's Python."""
    monkeypatch.setattr(lock_app, "FUNCTIONS", tmp_path)
    function = tmp_path / "greet"
    function.mkdir()
    monkeypatch.chdir(tmp_path)
    only_mac = "only-here ; sys_platform == 'darwin'"
    (function / "requirements.txt").write_text(f"--no-index\n--find-links {wheels}\n{only_mac}\n")
    lock = lock_app.lock_app(Path("greet"), upgrade=False)
    assert f"\n{only_mac.replace(' ;', '==1.0 ;')} " in lock.read_text()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "requirements.txt' does not exist: name the app's folder, such as APP=../my_app, and give it one with"),
        ({"requirements.txt": "", "uv.lock": ""}, "uv.lock' is what is installed from, before any requ"),
        ({"requirements.txt": "no-such-package-of-anybody"}, "requirements.txt' cannot be locked:\n"),
    ],
)
def test_says_why_an_app_cannot_be_locked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], says: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert lock_app.main(str(tmp_path)) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"error: '{tmp_path}/")
    assert says in told
    assert not (tmp_path / "requirements.lock").exists()
