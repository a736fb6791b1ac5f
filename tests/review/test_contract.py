"""What others rely on: outputs, exports, names, runtimes and handlers."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from review.assembly import Assembly
from review.assets import Asset
from review.kinds import contract, function
from tests.review.apps import app, found, in_words, resource, told

FUNCTION, HASH = "AWS::Lambda::Function", "a" * 64


def output(value: Any, **more: Any) -> dict[str, Any]:
    return {"Outputs": {"Url": {"Value": value, **more}}}


def test_an_output_that_goes_is_a_look_and_another_value_a_note() -> None:
    assert in_words(told(app(**output("a")), app()), contract) == {"look output:App:Url"}
    assert in_words(told(app(**output("a")), app(**output("b"))), contract) == {"note output:App:Url"}
    assert in_words(told(app(), app(**output("a"))), contract) == set()
    assert in_words(told(app(**output("a", Description="x")), app(**output("a"))), contract) == set()


def test_an_output_changes_with_what_is_replaced() -> None:
    old, new = (
        app({"Net": resource("AWS::EC2::VPC", {"CidrBlock": cidr})}, **output({"Ref": "Net"})) for cidr in ("a", "b")
    )
    assert "as `Net` is replaced" in told(old, new)["output:App:Url"].sentence


def test_an_export_that_goes_or_changes_is_a_look() -> None:
    old = app(**output("a", Export={"Name": "App:Url"}))
    # The output by which it is exported is not told of as well.
    for new in (app(), app(**output("a")), app(**output("b", Export={"Name": "App:Url"}))):
        assert in_words(told(old, new), contract) == {"look export:App:App:Url"}


@pytest.mark.parametrize(("new", "says"), [("b", "it is called `b`"), (None, "AWS gives it a name of its own")])
def test_a_function_with_another_name_is_not_found(new: str | None, says: str) -> None:
    old, changed = (app({"It": resource(FUNCTION, {"FunctionName": name} if name else {})}) for name in ("a", new))
    facts = told(old, changed)
    assert in_words(facts, contract) == {"STOP function-name:App/It"}
    assert says in facts["function-name:App/It"].sentence
    assert in_words(told(old, app()), contract) == {"STOP function-name:App/It"}
    assert in_words(told(old, old), contract) == set()


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "date", SimpleNamespace(today=lambda: date(2026, 12, 1)))


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("runtime", "level", "says"),
    [
        ("nodejs12.x", "STOP", "no function, new or changed,"),
        ("nodejs14.x", "STOP", "no new function"),
        ("python3.9", "look", "AWS has mended nothing in `python3.9` since 2025-12-15"),
        ("python3.14", None, ""),
        ("python9.9", None, ""),
    ],
)
def test_a_runtime_has_an_end(runtime: str, level: str | None, says: str) -> None:
    old, new = (app({"It": resource(FUNCTION, {"Runtime": said})}) for said in ("python3.14", runtime))
    for facts in (found(new), told(old, new)):
        assert in_words(facts, function) == ({f"{level} runtime:App/It"} if level else set())
        assert not level or says in facts["runtime:App/It"].sentence


@pytest.mark.usefixtures("today")
def test_what_stood_before_is_told_only_where_the_function_changes() -> None:
    old, new = (app({"It": resource(FUNCTION, {"Runtime": "nodejs12.x", "Timeout": said})}) for said in (1, 2))
    assert in_words(told(old, old), function) == set()
    assert in_words(told(old, new), function) == {"STOP runtime:App/It"}


def handled(tmp_path: Path, handler: str, runtime: str = "python3.14", **more: Any) -> Assembly:
    (tmp_path / "pkg").mkdir(exist_ok=True)
    for name, content in (("handler.py", "def lambda_handler(): ..."), ("pkg/__init__.py", "run = 1")):
        (tmp_path / name).write_text(content)
    (tmp_path / "index.mjs").write_text("export {x as handler}")
    code = {"Code": {"S3Key": f"{HASH}.zip"}, "Handler": handler, "Runtime": runtime, **more}
    assembly = app({"It": resource(FUNCTION, code)})
    assembly.assets = {HASH: Asset(HASH, tmp_path, "It/Code")}
    return assembly


@pytest.mark.parametrize(
    ("handler", "runtime", "says"),
    [
        ("handler.lambda_handler", "python3.14", None),
        ("pkg.run", "python3.14", None),
        ("index.handler", "nodejs24.x", None),
        ("handler.other", "python3.14", "its module has no `other`"),
        ("other.lambda_handler", "python3.14", "none of its files is the module of"),
        ("handler.lambda_handler", "nodejs24.x", "none of its files is the module of"),
        ("../secret.x", "python3.14", "none of its files is the module of"),
        ("com.example.Handler::run", "java21", None),
    ],
)
def test_a_handler_is_in_the_files(tmp_path: Path, handler: str, runtime: str, says: str | None) -> None:
    facts = found(handled(tmp_path, handler, runtime))
    assert in_words(facts, function) == ({"STOP handler:App/It"} if says else set())
    assert not says or says in facts["handler:App/It"].sentence


def test_a_layer_may_bring_the_module(tmp_path: Path) -> None:
    assert in_words(found(handled(tmp_path, "other.run", Layers=["x"])), function) == set()


def test_a_change_that_loses_the_handler_stops(tmp_path: Path) -> None:
    old, new = handled(tmp_path, "handler.lambda_handler"), handled(tmp_path, "handler.gone")
    assert in_words(told(old, new), function) == {"STOP handler:App/It"}


def test_inline_code_is_called_index() -> None:
    code = {"Code": {"ZipFile": "def handler(): ..."}, "Runtime": "python3.14"}
    good, bad = (
        app({"It": resource(FUNCTION, code | {"Handler": said})}) for said in ("index.handler", "main.handler")
    )
    assert in_words(found(good), function) == set()
    assert in_words(found(bad), function) == {"STOP handler:App/It"}
