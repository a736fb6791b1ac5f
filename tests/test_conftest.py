"""What tests/conftest.py adds to pytest."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.system
def test_slow(): ...

def test_quick(): ...
"""
SKIPPING = """
import pytest

def test_needs_something():
    pytest.skip("needs a browser: apt-get install chromium")
"""


RunPytest = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_pytest(root: Path, tmp_path: Path) -> RunPytest:
    shutil.copy(root / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = system\naddopts = -ra\n")
    clean = {key: value for key, value in os.environ.items() if key not in ("CI", "PYTEST_ADDOPTS")}

    def run(tests: str, *options: str, ci: str | None) -> subprocess.CompletedProcess[str]:
        (tmp_path / "test_something.py").write_text(tests)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
            cwd=tmp_path,
            env=clean | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | ({"CI": ci} if ci else {}),
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_on_ci_a_skipped_test_fails_the_run(run_pytest: RunPytest) -> None:
    done = run_pytest(SKIPPING, ci="true")

    assert done.returncode == 1
    *_, reason, ours, closing = done.stdout.splitlines()
    assert "needs a browser" in reason
    assert ours == "CI: 1 skipped, and on CI every test must run: install what the reasons above name"
    assert "1 skipped in" in closing


def test_on_a_laptop_it_does_not(run_pytest: RunPytest) -> None:
    done = run_pytest(SKIPPING, ci=None)

    assert done.returncode == 0
    assert "every test must run" not in done.stdout


def test_on_ci_a_run_without_skips_passes(run_pytest: RunPytest) -> None:
    assert run_pytest(TESTS, ci="true").returncode == 0


def test_system_tests_run_last(run_pytest: RunPytest) -> None:
    done = run_pytest(TESTS, "--collect-only", "-q", ci=None)

    assert done.stdout.splitlines()[:2] == ["test_something.py::test_quick", "test_something.py::test_slow"]
