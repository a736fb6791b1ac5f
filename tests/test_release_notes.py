"""A release is made only where tag, version and changelog agree."""

import subprocess
import sys
from pathlib import Path

import pytest

VERSION = '[project]\nversion = "1.2.0"\n'
CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-26

### Added
- A thing.

## [1.1.0] - 2026-10-01

- An older thing.
"""


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "release_notes.py").write_bytes((root / "tools" / "release_notes.py").read_bytes())
    (tmp_path / "pyproject.toml").write_text(VERSION)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def notes(checkout: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(checkout / "tools" / "release_notes.py"), *words], capture_output=True, text=True
    )


def test_the_section_of_the_release(checkout: Path) -> None:
    done = notes(checkout, "v1.2.0")

    assert (done.returncode, done.stdout, done.stderr) == (0, "### Added\n- A thing.\n", "")


@pytest.mark.parametrize(
    ("tag", "changelog", "says"),
    [
        ("v1.3.0", CHANGELOG, "the tag is v1.3.0 and pyproject.toml has version 1.2.0: tag v1.2.0"),
        ("1.2.0", CHANGELOG, "the tag is 1.2.0 and"),
        (
            "v1.2.0",
            CHANGELOG.replace("1.2.0", "1.1.9"),
            "the changelog's latest release is 1.1.9: give 1.2.0 a heading",
        ),
        ("v1.2.0", CHANGELOG.replace(" - 2026-11-26", ""), "the changelog's latest release is 1.1.0: give 1.2.0"),
        ("v1.2.0", "# Changelog\n", "the changelog's latest release is none"),
        ("v1.2.0", CHANGELOG.replace("d]\n", "d]\n- One more.\n"), "unreleased changes above the release"),
        ("v1.2.0", CHANGELOG.replace("### Added\n- A thing.\n", ""), "the changelog says nothing of 1.2.0"),
    ],
)
def test_what_does_not_agree(checkout: Path, tag: str, changelog: str, says: str) -> None:
    (checkout / "CHANGELOG.md").write_text(changelog)
    done = notes(checkout, tag)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert says in done.stderr


@pytest.mark.parametrize(("words", "status"), [((), 2), (("a", "b"), 2), (("--help",), 0)])
def test_usage(checkout: Path, words: tuple[str, ...], status: int) -> None:
    done = notes(checkout, *words)

    assert done.returncode == status
    assert "python tools/release_notes.py v0.1.0" in done.stdout + done.stderr
