"""Which Python runs an app."""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from local_aws import environment
from local_aws.machines import python
from tests import source_package


def test_the_checkouts_python_runs_what_it_satisfies(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"streamlit=={version('streamlit')}\n")
    assert python.for_app(requirements, tmp_path / "venv") == Path(sys.executable)
    assert not (tmp_path / "venv").exists()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Give a folder that builds a package, so that the tests need no network."""
    return source_package.write(tmp_path / "package")


@pytest.fixture
def wheel(package: Path) -> Path:
    build = "import backend; backend.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=package, check=True)
    (package / "ran").unlink()
    return package / "only_here-1.0-py3-none-any.whl"


def test_an_app_that_needs_more_gets_its_own(wheel: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"only-here @ {wheel.as_uri()}\n")
    own = python.for_app(requirements, tmp_path / "venv")
    assert own == tmp_path / "venv" / "bin" / "python"
    assert list((tmp_path / "venv").rglob("only_here.py"))
    assert python.for_app(requirements, tmp_path / "venv") == own


def test_only_uv_gets_the_persons_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "package_settings", {"UV_INDEX_URL": "https://user:password@mirror.example.org"})
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\nprintenv UV_INDEX_URL >>{tmp_path}/told\n")
    uv.chmod(0o755)
    monkeypatch.setattr(python, "find_uv_bin", lambda: str(uv))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("anything\n")
    python.for_app(requirements, tmp_path / "venv")
    assert (tmp_path / "told").read_text().split() == ["https://user:password@mirror.example.org"] * 3
    assert "UV_INDEX_URL" not in os.environ


def test_builds_nothing_unless_the_app_says_so(package: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"only-here @ {package.as_uri()}\n")
    with pytest.raises(python.RequirementsError, match=r"Building source distributions .*disabled"):
        python.for_app(requirements, tmp_path / "venv")
    assert not (package / "ran").exists()

    shutil.rmtree(tmp_path / "venv")
    requirements.write_text(f"--no-binary only-here\nonly-here @ {package.as_uri()}\n")
    python.for_app(requirements, tmp_path / "venv")
    assert list((tmp_path / "venv").rglob("only_here.py"))


def test_the_lock_beside_the_requirements_is_what_is_installed(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("no-such-package-of-anybody\n")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"only-here @ {wheel.as_uri()} --hash=sha256:{digest}\n")
    python.for_app(tmp_path / "requirements.txt", tmp_path / "venv")
    assert list((tmp_path / "venv").rglob("only_here.py"))

    lock.write_text(f"only-here @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(python.RequirementsError, match="Hash mismatch for `only-here"):
        python.for_app(tmp_path / "requirements.txt", tmp_path / "another")


def test_the_pages_own_lock_is_what_the_checkout_has(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "streamlit_src"
    assert python.for_app(page / "requirements.txt", tmp_path / "venv") == Path(sys.executable)


def test_says_what_cannot_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("no-such-package-of-anybody==1.0\n")
    with pytest.raises(python.RequirementsError, match="no-such-package-of-anybody"):
        python.for_app(requirements, tmp_path / "venv")


def test_says_when_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(python.RequirementsError, match=r"no requirements\.txt"):
        python.for_app(tmp_path / "requirements.txt", tmp_path / "venv")
