"""What docs/your-own-function.md says, done as it says."""

import ast
import base64
import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.checkout import ORIGINAL, Checkout, ask
from tests.stacks.variants import VARIANTS

PAGE = (ORIGINAL / "docs" / "your-own-function.md").read_text(encoding="utf-8")
# Each block of Python begins with the name of its file.
CODE = re.compile(r"^```python\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
BODY = re.compile(r"^```python\n(body = .*?)^```$", re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"^```json\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
HANDLER = "lambda_src/greet/handler.py"
STACK = "stacks/calculate_mean_stack.py"


@pytest.fixture
def code() -> Mapping[str, str]:
    found = dict(CODE.findall(PAGE))
    assert found.keys() == {HANDLER, STACK}
    return found


def test_it_takes_one_folder_and_three_statements(code: Mapping[str, str]) -> None:
    assert Path(HANDLER).parent.parent == Path("lambda_src")
    assert len(ast.parse(textwrap.dedent(code[STACK])).body) == 3


@pytest.mark.system
def test_our_own_checks_find_nothing_in_it(code: Mapping[str, str], tmp_path: Path) -> None:
    for name, text in {HANDLER: code[HANDLER], STACK: with_lines(ORIGINAL / STACK, code[STACK])}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
    settings = f"--config={ORIGINAL / 'pyproject.toml'}"
    for command in (
        ["ruff", "check", settings, str(tmp_path)],
        ["ruff", "format", "--check", settings, str(tmp_path)],
        ["mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / HANDLER)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("event", "read"),
    [
        ({"isBase64Encoded": False}, b""),
        ({"isBase64Encoded": False, "body": "[1, 2]"}, b"[1, 2]"),
        ({"isBase64Encoded": True, "body": "WzEsIDJd"}, b"[1, 2]"),
    ],
)
def test_two_lines_read_a_body(event: dict[str, Any], read: bytes) -> None:
    (lines,) = BODY.findall(PAGE)
    names: dict[str, Any] = {"base64": base64, "event": event}
    exec(lines, names)  # noqa: S102 - the page's own

    assert len(lines.splitlines()) == 2
    assert names["data"] == read


@pytest.fixture
def restored(up: Checkout) -> Iterator[None]:
    stack = up.folder / STACK
    before = stack.read_bytes()
    yield
    # What is deployed stays so until the next deploy takes it away.
    stack.write_bytes(before)
    shutil.rmtree((up.folder / HANDLER).parent)


@pytest.mark.system
@pytest.mark.usefixtures("restored")
def test_it_answers_after_make_up(up: Checkout, code: Mapping[str, str]) -> None:
    (up.folder / HANDLER).parent.mkdir()
    (up.folder / HANDLER).write_text(code[HANDLER])
    (up.folder / STACK).write_text(with_lines(up.folder / STACK, code[STACK]))
    make, call = SHELL.findall(PAGE)

    assert make == "make up"
    printed = re.search(r"^CalculateMean\.GreetUrl = (\S+)$", up.run("up").stdout, re.MULTILINE)
    assert printed

    path = re.fullmatch(r'curl "\$GREET_URL(.*)"', call)
    assert path
    status, answer = ask(printed[1] + path[1])
    assert (status, json.loads(answer)) == (200, json.loads(ANSWER.findall(PAGE)[0]))
    assert json.loads(ask(printed[1])[1]) == {"hello": "world"}
    told = up.run("logs", "function").stdout
    assert "  Greet  REPORT RequestId" in told
    assert "  calculate_mean  REPORT RequestId" in told


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Checkout]:
    """Give a copy with the tests of the checkout, of which nothing runs."""
    copy = Checkout.copy(tmp_path / "copy")
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ORIGINAL / name, copy.folder)
    for name in ("docs", "examples", "tests"):
        shutil.copytree(ORIGINAL / name, copy.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    yield copy
    copy.end()


@pytest.mark.system
def test_the_tests_of_the_stacks_pass_after_make_snapshots(copy: Checkout, code: Mapping[str, str]) -> None:
    (copy.folder / HANDLER).parent.mkdir()
    (copy.folder / HANDLER).write_text(code[HANDLER])
    (copy.folder / STACK).write_text(with_lines(copy.folder / STACK, code[STACK]))

    # Else the inner run takes itself for a part of this one, and tells nothing of its snapshots.
    environment = {name: text for name, text in copy.environment.items() if not name.startswith("PYTEST_")}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not system", *arguments]
        return subprocess.run(command, cwd=copy.folder, env=environment, capture_output=True, text=True)

    snapshots = run("tests/stacks/test_snapshots.py", "--snapshot-update")
    assert "snapshots updated" in snapshots.stdout, snapshots.stdout
    # One variant of each test says as much as all of them.
    others = " or ".join(f"[{variant}" for variant in VARIANTS if variant != "default")
    done = run("tests/stacks", "tests/test_docs.py", "-k", f"not ({others})")
    assert done.returncode == 0, done.stdout


def with_lines(file: Path, lines: str) -> str:
    """Add lines at the end of ``__init__``, where the page says."""
    text = file.read_text(encoding="utf-8")
    (init,) = [node for node in ast.walk(ast.parse(text)) if getattr(node, "name", "") == "__init__"]
    end = getattr(init, "end_lineno")  # noqa: B009 - only a function has a name
    before = text.splitlines(keepends=True)
    return "".join([*before[:end], lines, *before[end:]])
