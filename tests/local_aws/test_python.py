"""Which Python runs an app."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from local_aws import environment
from local_aws.machines import python


def test_the_checkouts_python_runs_what_it_satisfies(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"streamlit=={version('streamlit')}\n")
    assert python.for_app(requirements, tmp_path / "venv") == Path(sys.executable)
    assert not (tmp_path / "venv").exists()


def test_an_app_that_needs_more_gets_its_own(tmp_path: Path) -> None:
    """From a local folder, so that the test needs no network."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (package / "backend.py").write_text(
        "import zipfile\n"
        "def build_wheel(folder, config_settings=None, metadata_directory=None):\n"
        "    name = 'only_here-1.0-py3-none-any.whl'\n"
        "    with zipfile.ZipFile(f'{folder}/{name}', 'w') as wheel:\n"
        "        wheel.writestr('only_here.py', '')\n"
        "        info = 'only_here-1.0.dist-info'\n"
        "        wheel.writestr(f'{info}/METADATA', 'Metadata-Version: 2.1\\nName: only-here\\nVersion: 1.0\\n')\n"
        "        wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        "        wheel.writestr(f'{info}/RECORD', '')\n"
        "    return name\n"
    )
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"only-here @ {package.as_uri()}\n")
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


def test_says_what_cannot_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("no-such-package-of-anybody==1.0\n")
    with pytest.raises(python.RequirementsError, match="no-such-package-of-anybody"):
        python.for_app(requirements, tmp_path / "venv")


def test_says_when_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(python.RequirementsError, match=r"no requirements\.txt"):
        python.for_app(tmp_path / "requirements.txt", tmp_path / "venv")
