"""The repository itself: its layout, its locks, its commands, and what `make check` says of it."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

COMMANDS = {"up", "down", "test", "check", "synth", "diff", "snapshots", "deploy", "destroy", "lock", "clean"}
PAGE = "streamlit_src/requirements.lock"
PINNED = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[\w.+!-]+)(?P<marker> ; .+?)? \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"(?P<via>(?:    #.*\n)*)",
    re.MULTILINE,
)
ASKED_FOR_BY_US = re.compile(r"#(?: via)?\s+(cdk-data-compute \(pyproject\.toml|-r streamlit_src/requirements\.txt)")


def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def wanted(root: Path, lock: str) -> dict[str, Requirement]:
    """Give what a lock is compiled from."""
    described = project(root)
    groups = described["dependency-groups"]
    page = (root / "streamlit_src" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    texts = described["project"]["dependencies"] + groups["app"]
    if lock == "requirements-dev.txt":
        texts += groups["local"] + groups["dev"] + page
    if lock == "requirements-audit.txt":
        texts = groups["audit"]
    if lock == PAGE:
        texts = page
    return {requirement.name.lower(): requirement for requirement in map(Requirement, filter(None, texts))}


def pins(root: Path, lock: str) -> dict[str, re.Match[str]]:
    return {found["name"].lower(): found for found in PINNED.finditer((root / lock).read_text(encoding="utf-8"))}


LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-audit.txt", PAGE]
every_lock = pytest.mark.parametrize("lock", LOCKS)


@every_lock
def test_every_line_of_a_lock_is_pinned_with_its_hashes(root: Path, lock: str) -> None:
    assert PINNED.sub("", (root / lock).read_text(encoding="utf-8")).strip() == ""


@every_lock
def test_a_lock_holds_what_is_asked_for(root: Path, lock: str) -> None:
    locked = pins(root, lock)
    missing = {
        str(requirement)
        for name, requirement in wanted(root, lock).items()
        if name not in locked or not requirement.specifier.contains(locked[name]["version"], prereleases=True)
    }

    assert missing == set(), "make lock"


@every_lock
def test_a_lock_holds_nothing_that_is_no_longer_asked_for(root: Path, lock: str) -> None:
    asked_for = {name for name, found in pins(root, lock).items() if ASKED_FOR_BY_US.search(found["via"])}

    assert asked_for == wanted(root, lock).keys(), "make lock"


@pytest.mark.parametrize("lock", ["requirements.txt", PAGE])
def test_the_locks_agree(root: Path, lock: str) -> None:
    app, dev = pins(root, lock), pins(root, "requirements-dev.txt")

    assert {name: found["version"] for name, found in app.items()} == {name: dev[name]["version"] for name in app}


def test_the_lock_of_the_command_line_is_its_package_file(root: Path) -> None:
    package = json.loads((root / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))

    assert lock["packages"][""].get("devDependencies") == package["devDependencies"], "make lock"
    for name, version in package["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned"
        assert lock["packages"][f"node_modules/{name}"]["version"] == version, "make lock"
    for name, locked in lock["packages"].items():
        # Without an address, npm asks the registry that the person has set.
        assert "resolved" not in locked, name
        assert not name or locked["integrity"].startswith("sha512-"), name


def test_the_build_of_the_wheel_is_locked(root: Path) -> None:
    """Whoever builds it with `--require-hashes --build-constraint requirements-dev.txt` gets what the lock holds."""
    (backend,) = map(Requirement, project(root)["build-system"]["requires"])

    assert str(backend.specifier) == f"=={pins(root, 'requirements-dev.txt')[backend.name]['version']}"


def test_constructs_is_a_source_root(root: Path) -> None:
    files = [path for path in (root / "constructs").rglob("*.py") if ".venv" not in path.parts]

    assert [path for path in files if path.parent == root / "constructs"] == []
    assert [path for path in files if re.match(r"conftest|test_", path.name)] == []


def test_pre_commit_guards_the_source_root(root: Path) -> None:
    settings = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = {hook["id"]: hook for repository in settings["repos"] for hook in repository["hooks"]}
    refused = re.compile(hooks["constructs-is-a-source-root"]["files"])

    assert refused.search("constructs/__init__.py")
    assert refused.search("constructs/server.py")
    assert refused.search("constructs/data_compute/test_server.py")
    assert refused.search("constructs/data_compute/page/conftest.py")
    assert not refused.search("constructs/data_compute/http_function.py")
    assert not refused.search("tests/constructs/test_http_function.py")


def test_make_alone_lists_the_commands_with_one_line_each(root: Path) -> None:
    done = subprocess.run(["make", "--no-print-directory"], cwd=root, capture_output=True, text=True)
    listed = [re.fullmatch(r"  make ([a-z]+) +(\S.*)", line) for line in done.stdout.splitlines()]

    assert (done.returncode, done.stderr) == (0, "")
    assert all(listed)
    assert {found[1] for found in listed if found} >= COMMANDS


@pytest.mark.system
def test_make_check_finds_nothing(root: Path) -> None:
    """Format, lint, types and the direction of imports, by the very command that people type."""
    # Whether the set-up is fresh is not the question here.
    set_up = ["--old-file=.venv/.ready", "--old-file=node_modules/.ready"]
    done = subprocess.run(["make", "--no-print-directory", *set_up, "check"], cwd=root, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
