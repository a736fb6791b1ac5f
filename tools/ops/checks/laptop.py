"""Python, Node and the CDK command line of this checkout."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from ops.checks import Check
from stacks.setting import CHECKOUT

OLDEST_PYTHON = (3, 11)
SET_UP = "`make synth` sets up what is missing"
SCHEMA = "@aws-cdk/cloud-assembly-schema"


def check_laptop(root: Path = CHECKOUT) -> Iterator[Check]:
    """Look at what `make` has set up."""
    yield _python()
    yield _node()
    yield from _cdk(root)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info[:2] >= OLDEST_PYTHON
    return Check("Python", good, f"{version} in {sys.prefix}", "" if good else "install Python 3.11 or newer")


def _node() -> Check:
    node = Path(sys.executable).with_name("node")
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return Check("Node", False, f"{node} does not run", SET_UP)
    return Check("Node", True, f"{version.strip()} in the virtual environment")


def _cdk(root: Path) -> Iterator[Check]:
    installed = _read(root / "node_modules" / "aws-cdk" / "package.json")
    pinned = _read(root / "package.json").get("devDependencies", {}).get("aws-cdk")
    if not installed:
        yield Check("CDK command line", False, f"not in {root / 'node_modules'}", SET_UP)
        return
    version = installed.get("version")
    good = version == pinned
    words = f"{version}" if good else f"{version}, but package.json pins {pinned}"
    yield Check("CDK command line", good, words, "" if good else SET_UP)
    yield _schema(str(installed.get("devDependencies", {}).get(SCHEMA, "")))


def _schema(of_cli: str) -> Check:
    """Compare the cloud assembly that the library writes with the newest that the command line reads."""
    name = "Assembly schema"
    try:
        written = int(metadata.version("aws-cdk.cloud-assembly-schema").split(".")[0])
        read = int(of_cli.lstrip("^>=~ ").split(".")[0])
    except (metadata.PackageNotFoundError, ValueError):
        return Check(name, None, "the versions of the library's and the command line's schema are unknown")
    if written <= read:
        return Check(name, True, f"the library writes {written}, the command line reads up to {read}")
    words = f"the library writes {written}, but the command line reads only up to {read}"
    return Check(name, False, words, "raise aws-cdk in package.json, then `make lock`")


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content
