"""The proof that a function starts: what the template says, and what the twin answers."""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from data_compute import PythonFunction
from data_compute.function.checks import LEAST_MEMORY
from data_compute.function.start.python import data_compute_start
from tests.templates import Json, function_of, only, properties, resources, synthesized, twin_of

PROOF = "Custom::FunctionStarts"
LAYER = "arn:aws:lambda:us-east-1:111122223333:layer:theirs:1"


def test_the_function_waits_until_its_twin_has_imported_its_handler(
    new_stack: Callable[[], Stack], function_folder: Path
) -> None:
    stack = new_stack()
    mean = PythonFunction(stack, "Mean", source=function_folder, environment={"AN": "1"}, memory_size=512)
    # What comes later counts as well.
    mean.lambda_function.add_environment("B", stack.stack_name)
    mean.lambda_function.add_layers(lambda_.LayerVersion.from_layer_version_arn(stack, "Theirs", LAYER))
    template = synthesized(stack)

    real, twin = function_of(template), twin_of(template)
    own = ("Description", "Handler", "Layers", "Timeout")
    assert {name: value for name, value in twin.items() if name not in own} == {
        name: value for name, value in real.items() if name not in own
    }
    assert real["Environment"]["Variables"] == {"AN": "1", "B": "Stack"}
    (layer,) = resources(template, "AWS::Lambda::LayerVersion")
    assert (real["Layers"], twin["Layers"]) == ([LAYER], [LAYER, {"Ref": layer}])

    functions = resources(template, "AWS::Lambda::Function")
    (proof,) = resources(template, PROOF)
    (waits,) = [found for found in functions.values() if proof in found["DependsOn"]]
    assert waits["Properties"] == real
    assert properties(template, PROOF)["Layers"] == [LAYER]
    (name,) = [name for name, found in functions.items() if found["Properties"] == twin]
    assert properties(template, PROOF)["ServiceToken"] == {"Fn::GetAtt": [name, "Arn"]}
    # The log and the rights are there before the twin runs.
    assert set(resources(template, "AWS::IAM::Policy")) <= set(functions[name]["DependsOn"])


def test_every_change_asks_again(new_stack: Callable[[], Stack], function_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def lambda_handler(event, context):\n    return 'other'\n")
    changes: list[Json] = [
        {},
        {"source": tmp_path},
        {"environment": {"AN": "1"}},
        {"memory_size": 512},
        {"timeout": Duration.seconds(5)},
        {"runtime": lambda_.Runtime.PYTHON_3_12},
        {"architecture": lambda_.Architecture.X86_64},
        {"role": "arn:aws:iam::111122223333:role/theirs"},
    ]
    seen = []
    for given in changes:
        stack = new_stack()
        if "role" in given:
            given["role"] = iam.Role.from_role_arn(stack, "Theirs", given["role"])
        PythonFunction(stack, "Mean", **{"source": function_folder, **given})
        seen.append(json.dumps(properties(synthesized(stack), PROOF)))
    assert len(set(seen)) == len(seen)


def test_a_function_leaves_its_twin_a_layer(new_stack: Callable[[], Stack], function_folder: Path) -> None:
    def with_layers(count: int) -> Json:
        stack = new_stack()
        mean = PythonFunction(stack, "Mean", source=function_folder).lambda_function
        for number in range(count):
            mean.add_layers(lambda_.LayerVersion.from_layer_version_arn(stack, f"L{number}", f"{LAYER}{number}"))
        return twin_of(synthesized(stack))

    assert len(with_layers(4)["Layers"]) == 5
    with pytest.raises(RuntimeError, match=r"Mean/Function has 5 layers, and its twin, .* one more than the 5 that"):
        with_layers(5)


def test_two_functions_share_what_their_twins_run(new_stack: Callable[[], Stack], function_folder: Path) -> None:
    stack = new_stack()
    for name in ("Mean", "Greet"):
        PythonFunction(stack, name, source=function_folder)
    template = synthesized(stack)

    assert only(template, "AWS::Lambda::LayerVersion")
    assert len(resources(template, PROOF)) == 2


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Json]]:
    answers: list[tuple[str | None, bytes]] = []

    class CloudFormation(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answers.append((self.headers["Content-Type"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    def ask_for(code: str, kind: str = "Create", name: str | None = None, **properties: str) -> Json:
        (tmp_path / "handler_of_test.py").write_text(code)
        sys.modules.pop("handler_of_test", None)
        event = {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{server.server_port}/",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Start",
            "ResourceProperties": {
                "Handler": "handler_of_test.lambda_handler",
                # As CloudFormation passes numbers.
                "MemorySize": "256",
                "Timeout": "0.01",
                **properties,
            },
        }
        data_compute_start.lambda_handler(event if name is None else {**event, "PhysicalResourceId": name}, None)
        content_type, written = answers.pop()
        # What CloudFormation takes, with names of the longest kind in the place of these.
        assert len(written) < 4096 - 1000
        answer: Json = json.loads(written)
        assert content_type == ""
        assert (answer["StackId"], answer["RequestId"], answer["LogicalResourceId"]) == ("stack", "request", "Start")
        return answer

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    with HTTPServer(("127.0.0.1", 0), CloudFormation) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield ask_for
        server.shutdown()
    sys.modules.pop("handler_of_test", None)


GOOD = "def lambda_handler(event, context): ..."
BROKEN = "import no_such_package"


def test_a_handler_that_can_be_called_is_well(ask: Callable[..., Json]) -> None:
    answer = ask(GOOD)
    assert answer["Status"] == "SUCCESS"
    assert "Reason" not in answer


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_package", "cannot be imported: ModuleNotFoundError: No module named 'no_such_package'"),
        ("raise KeyError('TABLE')", "cannot be imported: KeyError: 'TABLE'"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit: 3"),
        ("def lambda_handler(", "cannot be imported: "),
        ("other = 1", "cannot be imported: AttributeError: module 'handler_of_test' has no attribute 'lambda_handler'"),
        ("lambda_handler = 1", "is no function"),
    ],
)
def test_one_that_cannot_fails_the_deploy(ask: Callable[..., Json], code: str, reason: str) -> None:
    answer = ask(code)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(f"the handler handler_of_test.lambda_handler {reason}")


def test_one_whose_import_takes_longer_than_a_call_may(
    ask: Callable[..., Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import time\ntime.sleep(0.05)\ndef lambda_handler(event, context): ..."
    assert ask(code)["Status"] == "SUCCESS"

    monkeypatch.setattr(data_compute_start, "UNCOUNTED_SECONDS", 0)
    answer = ask(code)
    assert answer["Status"] == "FAILED"
    assert re.fullmatch(r"the import of .* took \d+\.\d s, and the function's timeout is 0\.01 s", answer["Reason"])


@pytest.mark.parametrize("letter", ["x", '"', "\\", "\0", "\x1b", "\x7f", "ß", "😀", "\ud800"])
def test_a_reason_fits_whatever_it_says(ask: Callable[..., Json], letter: str) -> None:
    answer = ask(f"raise OSError({letter!r} * 5000)")
    assert answer["Status"] == "FAILED"
    assert len(answer["Reason"]) == data_compute_start.LONGEST_REASON
    assert answer["Reason"].isascii()
    assert answer["Reason"].isprintable()


def test_a_reason_is_one_line(ask: Callable[..., Json]) -> None:
    reason = "the handler handler_of_test.lambda_handler cannot be imported: OSError: one two"
    assert ask("raise OSError('one\\n\\ttwo')")["Reason"] == reason


def test_a_module_that_is_not_there_is_told_with_the_way_out(ask: Callable[..., Json]) -> None:
    said = ask("from no_such_package.part import name")["Reason"]
    assert said.endswith(
        "No module named 'no_such_package'; if it is a package's, name the package in the function's requirements.txt, "
        "and lock that"
    )


@pytest.mark.parametrize("code", ["import json.no_such_part", "raise ModuleNotFoundError", "from json import nothing"])
def test_packages_are_named_only_where_they_can_be_the_reason(ask: Callable[..., Json], code: str) -> None:
    assert "package" not in ask(code)["Reason"]


def test_a_rollback_to_what_was_proven_asks_nothing(ask: Callable[..., Json]) -> None:
    first = ask(GOOD, Code="first")["PhysicalResourceId"]

    # Whatever is wrong outside is wrong for the old code too.
    failed = ask(BROKEN, "Update", first, Code="second")
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", first)
    back = ask(BROKEN, "Update", first, Code="first")
    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", first)


def test_what_was_proven_has_a_name_of_its_own(ask: Callable[..., Json]) -> None:
    first = ask(GOOD, Code="first")["PhysicalResourceId"]
    second = ask(GOOD, "Update", first, Code="second")["PhysicalResourceId"]
    assert second != first
    assert ask(BROKEN, "Update", second, Code="first")["Status"] == "FAILED"
    assert ask(GOOD, "Update", second, Code="first")["PhysicalResourceId"] == first


DENIED_AT_FIRST = """
import {package}.seen
{package}.seen.times.append(1)
if len({package}.seen.times) == 1:
    try:
        raise PermissionError("An error occurred (AccessDeniedException) when calling the GetItem operation")
    except PermissionError as error:
        raise RuntimeError("no settings") from error
def lambda_handler(event, context): ...
"""


def test_a_right_that_does_not_hold_yet_is_waited_for(
    ask: Callable[..., Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    (tmp_path / "outside_of_test.py").write_text("times = []\n")
    package = tmp_path / "package_of_test"
    package.mkdir()
    (package / "seen.py").write_text("from outside_of_test import times\n")
    (package / "__init__.py").write_text(DENIED_AT_FIRST.format(package=package.name))

    answer = ask("from package_of_test import lambda_handler")
    assert answer["Status"] == "SUCCESS", answer
    assert pauses == [data_compute_start.PAUSE_SECONDS]


def test_one_that_is_denied_for_good_fails_the_deploy(
    ask: Callable[..., Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    answer = ask("raise OSError('AccessDenied')")
    assert answer["Reason"].endswith("cannot be imported: OSError: AccessDenied")
    assert pauses == [data_compute_start.PAUSE_SECONDS]
    # Nothing else gets better by itself.
    ask(BROKEN)
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("took", "computed", "memory", "whole"),
    [
        # It only waited, it only computed, and five seconds of each.
        (20, 0, 128, 20),
        (20, 20 * 256 / 1769, 256, 20 * 256 / 1769),
        (25, 20 * 256 / 1769, 256, 5 + 20 * 256 / 1769),
        (20, 20, 1769, 20),
        # A second processor computes as well.
        (20, 30, 3538, 30),
    ],
)
def test_an_import_is_held_against_a_whole_processor(took: float, computed: float, memory: float, whole: float) -> None:
    assert data_compute_start._with_a_whole_processor(took, computed, memory) == pytest.approx(whole)


def test_a_twin_has_time_for_all_that_lambda_lets_an_import_do(
    new_stack: Callable[[], Stack], function_folder: Path
) -> None:
    stack = new_stack()
    PythonFunction(stack, "Mean", source=function_folder)
    template = synthesized(stack)

    computing = data_compute_start.UNCOUNTED_SECONDS * data_compute_start.WHOLE_PROCESSOR / LEAST_MEMORY
    longest = twin_of(template)["Timeout"]
    assert longest >= computing + data_compute_start.PAUSE_SECONDS
    assert int(properties(template, PROOF)["ServiceTimeout"]) >= 2 * longest


def test_a_broken_one_can_be_removed(ask: Callable[..., Json]) -> None:
    failed = ask(BROKEN)
    assert failed["Status"] == "FAILED"
    removed = ask(BROKEN, "Delete", failed["PhysicalResourceId"])
    assert (removed["Status"], removed["PhysicalResourceId"]) == ("SUCCESS", failed["PhysicalResourceId"])
    # As it was called by an older version of this.
    assert ask(BROKEN, "Delete", "Start")["PhysicalResourceId"] == "Start"
