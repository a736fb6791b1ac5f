"""The Python of an app: an environment with just what the app's own requirements name, as on the real machine."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

from data_compute.requirements import is_locked, requirements_of
from local_aws import environment
from local_aws.state import CACHE

# One for each text of requirements. It stays, and with it its bytecode, which takes longer to make than itself.
# By their real place, which is written into each, so that a link to it may go.
ENVIRONMENTS = (CACHE / "apps").resolve()


class RequirementsError(Exception):
    """An app's requirements that cannot be installed."""


def file_of(app: Path) -> Path:
    """Name the file that says what is installed."""
    file = requirements_of(app)
    if file is None:
        raise RequirementsError("the app has no requirements.txt")
    return file


def for_app(app: Path, venv: Path) -> Path:
    """Find or make the Python of an app.

    :param venv: where the machine looks for it; what is there once stays, whatever becomes of the requirements.
    """
    if not (venv / "bin" / "python").exists():
        requirements = file_of(app)
        what = f"{sys.version} {ENVIRONMENTS}".encode() + requirements.read_bytes()
        # Those that the requirements name by a path.
        what += b"".join(wheel.read_bytes() for wheel in sorted(app.rglob("*.whl")))
        made = ENVIRONMENTS / hashlib.sha256(what).hexdigest()[:16]
        ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
        with (ENVIRONMENTS / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _install(requirements, made)
        venv.unlink(missing_ok=True)
        venv.symlink_to(made)
    # By the environment's own name, since Python keeps bytecode by the name that a file goes by.
    return venv.resolve() / "bin" / "python"


def _install(requirements: Path, made: Path) -> None:
    # As boot.sh has it: nothing is built unless the file itself says so, and a lock gives nothing without its hash.
    install = ["pip", "install", "--only-binary", ":all:", "--requirement", requirements.name]
    if is_locked(requirements):
        install += ["--require-hashes"]
    if requirements.name == "uv.lock":
        install = ["sync", "--frozen", "--no-build", "--no-install-project", "--no-default-groups"]
    install += ["--quiet", "--python", str(made), "--exact", "--directory", str(requirements.parent)]
    # To uv, a package that was half linked when it was killed is there.
    complete = made / "complete"
    if not complete.exists():
        _uv(made, "venv", "--quiet", "--clear", "--python", sys.executable, str(made))
    # The network is for what was never fetched.
    told = _uv(made, *install, "--offline")
    if told.returncode:
        told = _uv(made, *install)
    if told.returncode:
        raise RequirementsError(f"the app's requirements could not be installed:\n{told.stderr.strip()}")
    complete.touch()


def _uv(made: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603
        [find_uv_bin(), *arguments],
        env=os.environ | environment.package_settings | {"UV_PROJECT_ENVIRONMENT": str(made)},
        capture_output=True,
        text=True,
        check=False,
    )
