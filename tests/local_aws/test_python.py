"""Which Python runs an app."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from data_compute.locks import check_lock
from data_compute.target import Target
from local_aws import environment
from local_aws.machines import python
from tests import source_package

# Each makes an environment, and installs into it.
pytestmark = pytest.mark.system


@pytest.fixture(autouse=True)
def environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the tests' environments apart from those that serve apps."""
    made = tmp_path / "apps"
    monkeypatch.setattr(python, "ENVIRONMENTS", made)
    return made


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


def packages(interpreter: Path) -> set[str]:
    listing = "import importlib.metadata as m; print(*(one.name for one in m.distributions()))"
    return set(subprocess.run([interpreter, "-c", listing], capture_output=True, text=True, check=True).stdout.split())


def test_an_app_has_what_it_names_and_nothing_of_the_checkouts(wheel: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"only-here @ {wheel.as_uri()}\n")
    assert packages(python.for_app(tmp_path, tmp_path / "venv")) == {"only-here"}

    # Neither do requirements that the checkout happens to fulfil, such as none.
    requirements.write_text("")
    assert packages(python.for_app(tmp_path, tmp_path / "another")) == set()


def test_what_a_machine_has_stays(wheel: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"only-here @ {wheel.as_uri()}\n")
    own = python.for_app(tmp_path, tmp_path / "venv")
    requirements.write_text("no-such-package-of-anybody\n")
    assert python.for_app(tmp_path, tmp_path / "venv") == own


def test_the_next_machine_shares_it(wheel: Path, tmp_path: Path, environments: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"only-here @ {wheel.as_uri()}\n")
    own = python.for_app(tmp_path, tmp_path / "venv")
    # What another program has put there since is none of the app's.
    strange = next(own.parents[1].glob("lib/*/site-packages")) / "strange-1.0.dist-info"
    strange.mkdir()
    (strange / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1.0\n")
    (strange / "RECORD").write_text(f"{strange.name}/METADATA,,\n{strange.name}/RECORD,,\n")
    assert packages(own) == {"only-here", "strange"}
    assert python.for_app(tmp_path, tmp_path / "another") == own
    assert packages(own) == {"only-here"}

    # And one whose cache was cleaned makes it anew.
    shutil.rmtree(environments)
    assert packages(python.for_app(tmp_path, tmp_path / "venv")) == {"only-here"}


def test_one_that_was_never_completed_is_made_anew(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(f"only-here @ {wheel.as_uri()}\n")
    own = python.for_app(tmp_path, tmp_path / "venv")
    [module] = own.parents[1].glob("lib/*/site-packages/only_here.py")
    module.unlink()
    (own.parents[1] / "complete").unlink()
    python.for_app(tmp_path, tmp_path / "another")
    assert module.exists()


def test_only_uv_gets_the_persons_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "package_settings", {"UV_INDEX_URL": "https://user:password@mirror.example.org"})
    uv = tmp_path / "uv"
    makes = 'for place; do :; done; [ "$1" != venv ] || mkdir "$place"'
    uv.write_text(f"#!/bin/sh\nprintenv UV_INDEX_URL >>{tmp_path}/told\n{makes}\n")
    uv.chmod(0o755)
    monkeypatch.setattr(python, "find_uv_bin", lambda: str(uv))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("anything\n")
    python.for_app(tmp_path, tmp_path / "venv")
    assert set((tmp_path / "told").read_text().split()) == {"https://user:password@mirror.example.org"}
    assert "UV_INDEX_URL" not in os.environ


def test_builds_nothing_unless_the_app_says_so(package: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"only-here @ {package.as_uri()}\n")
    with pytest.raises(python.RequirementsError, match=r"Building source distributions .*disabled"):
        python.for_app(tmp_path, tmp_path / "venv")
    assert not (package / "ran").exists()

    requirements.write_text(f"--no-binary only-here\nonly-here @ {package.as_uri()}\n")
    python.for_app(tmp_path, tmp_path / "venv")
    assert packages(tmp_path / "venv" / "bin" / "python") == {"only-here"}


def test_the_lock_beside_the_requirements_is_what_is_installed(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("no-such-package-of-anybody\n")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"only-here @ {wheel.as_uri()} --hash=sha256:{digest}\n")
    python.for_app(tmp_path, tmp_path / "venv")
    assert packages(tmp_path / "venv" / "bin" / "python") == {"only-here"}

    lock.write_text(f"only-here @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(python.RequirementsError, match="Hash mismatch for `only-here"):
        python.for_app(tmp_path, tmp_path / "another")


PROJECT = """\
[project]
name = "app"
version = "0"
requires-python = ">=3.11"
dependencies = ["only-here"]

[tool.uv.sources]
only-here = { path = "wheels/only_here-1.0-py3-none-any.whl" }

[build-system]
requires = ["no-such-package-of-anybody"]
build-backend = "nothing"

[dependency-groups]
dev = []
"""


@pytest.mark.parametrize("name", ["pylock.toml", "uv.lock"])
def test_a_lock_that_uv_has_made(wheel: Path, tmp_path: Path, name: str) -> None:
    """The app itself is not built, which its own project asks for."""
    app = tmp_path / "app"
    (app / "wheels").mkdir(parents=True)
    shutil.copy(wheel, app / "wheels")
    (app / "pyproject.toml").write_text(PROJECT)
    (app / "requirements.txt").write_text("no-such-package-of-anybody\n")
    uv = [find_uv_bin(), "--quiet", "--offline", "--directory", str(app)]
    subprocess.run([*uv, "lock"], check=True)
    if name == "pylock.toml":
        export = ["export", "--format", name, "--frozen", "--no-emit-project", "--output-file", name]
        subprocess.run([*uv, *export], check=True, stdout=subprocess.DEVNULL)
    check_lock(app / name, Target("3.12", "aarch64"))
    python.for_app(app, tmp_path / "venv")
    assert packages(tmp_path / "venv" / "bin" / "python") == {"only-here"}

    digest, lock = hashlib.sha256(wheel.read_bytes()).hexdigest(), app / name
    lock.write_text(lock.read_text().replace(digest, "0" * 64))
    with pytest.raises(python.RequirementsError, match="Hash mismatch for `only-here"):
        python.for_app(app, tmp_path / "another")


def test_a_wheel_in_the_apps_folder(wheel: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    (app / "wheels").mkdir(parents=True)
    own = app / "wheels" / wheel.name
    shutil.copy(wheel, own)
    (app / "requirements.txt").write_text(f"./wheels/{wheel.name}\n")
    first = python.for_app(app, tmp_path / "venv")
    assert packages(first) == {"only-here"}

    # Another one of the same name is another environment.
    with zipfile.ZipFile(own, "a") as packed:
        packed.comment = b"built anew"
    assert python.for_app(app, tmp_path / "another") != first


def test_says_what_cannot_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("no-such-package-of-anybody==1.0\n")
    with pytest.raises(python.RequirementsError, match="no-such-package-of-anybody"):
        python.for_app(tmp_path, tmp_path / "venv")


def test_says_when_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(python.RequirementsError, match=r"no requirements\.txt"):
        python.for_app(tmp_path, tmp_path / "venv")
