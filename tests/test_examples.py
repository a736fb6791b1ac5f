"""The examples: one for each construct, without an open finding, and what they deploy does what it says."""

import inspect
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk
import pytest
from constructs import Construct
from streamlit.testing.v1 import AppTest

import data_compute
from stacks.application import attach_packs
from tests.stacks.conftest import QUIET, Synthesis

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = sorted(file.parent.name for file in EXAMPLES.glob("*/app.py"))
CONSTRUCTS = [
    value
    for value in (getattr(data_compute, name) for name in data_compute.__all__)
    if inspect.isclass(value) and issubclass(value, Construct)
]

Synthesize = Callable[[str], list[str]]


@pytest.fixture
def open_findings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Synthesize:
    """Give a function that runs an example's app as it is, with every pack looking, and gives what they find."""

    def synthesize(name: str) -> list[str]:
        settings = json.loads((EXAMPLES / name / "cdk.json").read_text(encoding="utf-8"))
        app = aws_cdk.App(context=settings.get("context", {}) | QUIET, outdir=str(tmp_path))
        attach_packs(app)
        monkeypatch.setattr(aws_cdk, "App", lambda: app)
        assert settings["app"] == "python app.py"
        runpy.run_path(str(EXAMPLES / name / "app.py"))
        return [
            f"{report['pluginName']}: {finding['ruleName']}"
            for report in Synthesis(tmp_path, {}).report()
            for finding in report.get("violations", [])
        ]

    return synthesize


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_every_construct_has_an_example(construct: type) -> None:
    example = construct.__module__.rpartition(".")[2]

    assert example in NAMES
    assert f"{construct.__name__}(" in (EXAMPLES / example / "app.py").read_text(encoding="utf-8")
    assert f"[{example}]({example}/app.py)" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_finding_is_open(open_findings: Synthesize, name: str) -> None:
    assert open_findings(name) == []


def test_a_finding_that_the_example_does_not_answer_is_open(
    open_findings: Synthesize, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_compute, "acknowledge", lambda *_: None)

    assert "AwsSolutions: AwsSolutions-APIG4" in open_findings("http_trigger")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_short(name: str) -> None:
    assert len((EXAMPLES / name / "app.py").read_text(encoding="utf-8").splitlines()) <= 30


def test_the_page_greets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREETING", "Good day")
    page = AppTest.from_file(str(EXAMPLES / "streamlit_server" / "page" / "app.py")).run()
    page.text_input[0].set_value("Ada").run()

    assert not page.exception
    assert page.markdown[0].value == "Good day, Ada!"


def test_the_function_counts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTEST", "4")
    answer = handler("python_function")({"text": "Data beats no data"}, None)

    assert answer == {"data": 2, "beats": 1}


@pytest.mark.parametrize(("sides", "status"), [("6", 200), ("1", 400), ("six", 400), ("101", 400)])
def test_the_die_is_rolled(sides: str, status: int) -> None:
    answer = handler("http_trigger")({"pathParameters": {"sides": sides}}, None)

    assert answer["statusCode"] == status
    assert status == 400 or 1 <= int(answer["body"]) <= 6


def handler(example: str) -> Any:
    return runpy.run_path(str(EXAMPLES / example / "function" / "handler.py"))["lambda_handler"]
