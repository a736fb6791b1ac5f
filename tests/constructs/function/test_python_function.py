"""The function: its defaults, each option, what a caller can bring, and what it refuses."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from data_compute import PythonFunction
from tests.templates import Json, function_of, only, properties, resources, statements, synthesized

Define = Callable[..., PythonFunction]


@pytest.fixture(scope="module")
def define(new_stack: Callable[[], Stack], function_folder: Path) -> Define:
    def define_function(stack: Stack | None = None, **arguments: Any) -> PythonFunction:
        given: dict[str, Any] = {"source": function_folder} | arguments
        return PythonFunction(stack or new_stack(), "Mean", **given)

    return define_function


@pytest.fixture(scope="module")
def default(define: Define) -> PythonFunction:
    return define()


@pytest.fixture(scope="module")
def template(default: PythonFunction) -> Json:
    return synthesized(Stack.of(default))


def given_to(function: PythonFunction) -> Json:
    return function_of(synthesized(Stack.of(function)))


def newest_python() -> str:
    names = [name for name in dir(lambda_.Runtime) if re.fullmatch(r"PYTHON_3_\d+", name)]
    newest: lambda_.Runtime = getattr(lambda_.Runtime, max(names, key=lambda name: int(name.rpartition("_")[2])))
    return newest.to_string()


def test_everything_a_function_has_by_default(default: PythonFunction, template: Json) -> None:
    code = function_of(template)["Code"]

    assert function_of(template) == {
        "Architectures": ["arm64"],
        "Code": {"S3Bucket": code["S3Bucket"], "S3Key": code["S3Key"]},
        "Handler": "handler.lambda_handler",
        "LoggingConfig": {
            "LogFormat": "JSON",
            "LogGroup": Stack.of(default).resolve(default.log_group.log_group_name),
        },
        "MemorySize": 256,
        "Role": Stack.of(default).resolve(default.role.role_arn),
        "Runtime": newest_python(),
        "Timeout": 10,
    }
    assert re.fullmatch(r"[0-9a-f]{64}\.zip", code["S3Key"])


def test_own_log_group_forgets_and_goes_with_the_stack(template: Json) -> None:
    assert only(template, "AWS::Logs::LogGroup") == {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"RetentionInDays": 30},
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
    }


def test_own_role_may_write_its_own_log_and_nothing_else(default: PythonFunction, template: Json) -> None:
    assert properties(template, "AWS::IAM::Role") == {
        "AssumeRolePolicyDocument": {
            "Statement": [
                {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
            ],
            "Version": "2012-10-17",
        }
    }
    assert statements(template) == [
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Effect": "Allow",
            "Resource": Stack.of(default).resolve(default.log_group.log_group_arn),
        }
    ]


def test_nobody_may_invoke_it_until_somebody_is_allowed(template: Json) -> None:
    assert resources(template, "AWS::Lambda::Permission") == {}
    assert resources(template, "AWS::Lambda::Url") == {}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"architecture": lambda_.Architecture.X86_64}, {"Architectures": ["x86_64"]}),
        ({"runtime": lambda_.Runtime.PYTHON_3_12}, {"Runtime": "python3.12"}),
        ({"memory_size": 512}, {"MemorySize": 512}),
        ({"timeout": Duration.minutes(15)}, {"Timeout": 900}),
        ({"environment": {"GREETING": "hello"}}, {"Environment": {"Variables": {"GREETING": "hello"}}}),
        ({"tracing": lambda_.Tracing.ACTIVE}, {"TracingConfig": {"Mode": "Active"}}),
        ({"function_name": "calculate_mean"}, {"FunctionName": "calculate_mean"}),
        ({"description": "The mean"}, {"Description": "The mean"}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_option_changes_what_it_names_and_nothing_else(
    define: Define, template: Json, arguments: Json, expected: Json
) -> None:
    found = given_to(define(**arguments))

    assert found == function_of(template) | expected


def test_log_retention_is_the_callers_choice(define: Define) -> None:
    template = synthesized(Stack.of(define(log_retention=logs.RetentionDays.ONE_WEEK)))

    assert properties(template, "AWS::Logs::LogGroup") == {"RetentionInDays": 7}


def test_tracing_adds_the_right_to_send_traces(define: Define) -> None:
    found = statements(synthesized(Stack.of(define(tracing=lambda_.Tracing.ACTIVE))))

    assert {
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Effect": "Allow",
        "Resource": "*",
    } in [statement | {"Action": sorted(statement["Action"])} for statement in found]


def test_own_log_group_of_the_caller(define: Define, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    define(stack, log_group=logs.LogGroup.from_log_group_name(stack, "Theirs", "their-logs"))
    template = synthesized(stack)

    assert function_of(template)["LoggingConfig"]["LogGroup"] == "their-logs"
    assert resources(template, "AWS::Logs::LogGroup") == {}
    (statement,) = statements(template)
    assert statement["Resource"]["Fn::Join"][1][-1] == ":log-group:their-logs:*"


def test_own_role_of_the_caller(define: Define, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    theirs = iam.Role.from_role_arn(stack, "Theirs", "arn:aws:iam::111122223333:role/theirs")
    function = define(stack, role=theirs)
    template = synthesized(stack)

    assert function_of(template)["Role"] == "arn:aws:iam::111122223333:role/theirs"
    assert resources(template, "AWS::IAM::Role") == {}
    assert properties(template, "AWS::IAM::Policy")["Roles"] == ["theirs"]
    assert [statement["Resource"] for statement in statements(template)] == [
        stack.resolve(function.log_group.log_group_arn)
    ]


def test_a_bucket_can_grant_to_it(define: Define, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket")
    bucket.grant_read(define(stack))

    arn = stack.resolve(bucket.bucket_arn)
    assert statements(synthesized(stack))[-1] == {
        "Action": ["s3:GetBucket*", "s3:GetObject*", "s3:List*"],
        "Effect": "Allow",
        "Resource": [arn, {"Fn::Join": ["", [arn, "/*"]]}],
    }


def test_a_timeout_known_only_at_the_deploy_is_let_through(define: Define, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    seconds = CfnParameter(stack, "Seconds", type="Number").value_as_number

    define(stack, timeout=Duration.seconds(seconds))

    assert function_of(synthesized(stack))["Timeout"] == {"Ref": "Seconds"}


def test_handler_may_be_in_a_package(define: Define, tmp_path: Path) -> None:
    (tmp_path / "mean").mkdir()
    (tmp_path / "mean" / "handler.py").write_text("def answer(event, context): ...\n")

    assert given_to(define(source=tmp_path, handler="mean.handler.answer"))["Handler"] == "mean.handler.answer"


def test_handler_may_be_a_package(define: Define, tmp_path: Path) -> None:
    (tmp_path / "mean").mkdir()
    (tmp_path / "mean" / "__init__.py").write_text("def answer(event, context): ...\n")

    assert given_to(define(source=tmp_path, handler="mean.answer"))["Handler"] == "mean.answer"
    with pytest.raises(
        ValueError, match=r"^handler 'mean\.other' is not in '.*/mean/__init__\.py', which has mean\.an"
    ):
        define(source=tmp_path, handler="mean.other")


def test_a_handler_may_be_in_the_encoding_that_it_names(define: Define, tmp_path: Path) -> None:
    code = "# -*- coding: latin-1 -*-\ndef lambda_handler(event, context):\n    return 'ü'\n"
    (tmp_path / "handler.py").write_text(code, encoding="latin-1")

    define(source=tmp_path)


@pytest.mark.parametrize("code", [b"\xfc = 1\n", b"\n\n\n'\xfc'\n", b"# coding: no-such\n"])
def test_a_handler_that_is_no_text_is_refused(define: Define, tmp_path: Path, code: bytes) -> None:
    (tmp_path / "handler.py").write_bytes(code)

    with pytest.raises(ValueError, match=r"^'.*/handler\.py' is no text in the encoding that it names, .* as UTF-8$"):
        define(source=tmp_path)


@pytest.mark.parametrize("name", ["random.py", "email/__init__.py", "queue.py"])
def test_a_file_named_like_a_module_of_pythons_is_refused(define: Define, tmp_path: Path, name: str) -> None:
    (tmp_path / "handler.py").write_text("def lambda_handler(event, context): ...\n")
    # Only what Python would import counts.
    for harmless in ("string/data.csv", "http/part.py", "data/json.py", name):
        (tmp_path / harmless).parent.mkdir(exist_ok=True)
        (tmp_path / harmless).touch()

    module = name.partition("/")[0].removesuffix(".py")
    with pytest.raises(
        ValueError, match=rf"^'.*/{re.escape(name)}' has the name of Python's own module {module}, .* as my_{module}$"
    ):
        define(source=tmp_path)


def test_a_timeout_over_lambdas_own_is_refused(define: Define) -> None:
    message = r"timeout is 901 s, and Lambda ends a function after 15 minutes: .*Duration\.minutes\(15\)"

    with pytest.raises(ValueError, match=message):
        define(timeout=Duration.seconds(901))


def test_a_source_that_is_no_folder_is_refused(define: Define, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"source '.*/nowhere' is not a folder: pass the folder that holds"):
        define(source=tmp_path / "nowhere")


@pytest.mark.parametrize(
    "handler", ["", "handler", ".lambda_handler", "handler.", "hand-ler.f", "a/b.f", "handler.f()"]
)
def test_a_handler_that_is_no_function_is_refused(define: Define, handler: str) -> None:
    with pytest.raises(ValueError, match=f"^handler {re.escape(repr(handler))} is not of the form module.function"):
        define(handler=handler)


def test_a_handler_that_names_only_a_file_is_refused(define: Define) -> None:
    with pytest.raises(ValueError, match=r"^handler 'handler\.py' is a file: .* such as handler\.lambda_handler$"):
        define(handler="handler.py")


def test_a_handler_that_its_file_has_not_is_refused(define: Define, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("import json\nLIMIT = 1\n\ndef answer(event, context):\n    inner = 1\n")

    for name in ("lambda_handler", "inner"):
        message = rf"^handler 'handler\.{name}' is not in '.*/handler\.py', which has handler\.answer, handler\."
        with pytest.raises(ValueError, match=message):
            define(source=tmp_path, handler=f"handler.{name}")


@pytest.mark.parametrize(
    "code",
    [
        "class lambda_handler: ...",
        "lambda_handler = print",
        "from json import dumps as lambda_handler",
        "from json import *",
        "try:\n    import orjson\nfinally:\n    def lambda_handler(): ...",
        "syntax of a later Python",
    ],
)
def test_a_handler_may_come_into_being_in_any_way(define: Define, tmp_path: Path, code: str) -> None:
    (tmp_path / "handler.py").write_text(code)

    define(source=tmp_path)


@pytest.mark.parametrize("line", ["pandas", "pandas==2.3.0  # data", "boto3-stubs", "-r more.txt"])
def test_requirements_without_a_lock_are_refused(define: Define, function_folder: Path, line: str) -> None:
    file = function_folder / "requirements.txt"
    file.write_text(f"# What it needs\nboto3\n{line}\n")
    try:
        with pytest.raises(
            ValueError, match=rf"^'.*/requirements\.txt' asks for '{line}', which .* by `/.*/uv pip compile "
        ):
            define()
    finally:
        file.unlink()


def test_requirements_that_lambda_has_are_harmless(define: Define, function_folder: Path) -> None:
    file = function_folder / "requirements.txt"
    file.write_text("# Lambda has it\n\nboto3==1.40.0 \\\n    --hash=sha256:00\nbotocore[crt]>=1\n")
    try:
        define()
    finally:
        file.unlink()


LISTS = {
    "pylock.toml": "[[packages]]\nname = '{}'\n",
    "uv.lock": "package = [{{ name = 'f', source = {{ virtual = '.' }}, dependencies = [{{ name = '{}' }}] }},"
    " {{ name = '{}', source = {{}} }}]",
    "requirements.lock": "{}==1\n",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_lock_counts_as_requirements_do(define: Define, tmp_path: Path, name: str) -> None:
    (tmp_path / "handler.py").write_text("def lambda_handler(event, context): ...\n")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "requirements.txt").write_text("not looked at\n")
    (tmp_path / name).write_text(LISTS[name].format("urllib3", "urllib3"))
    define(source=tmp_path)

    (tmp_path / name).write_text(LISTS[name].format("pandas", "pandas"))
    with pytest.raises(ValueError, match=rf"/{re.escape(name)}' has no hash for 'pandas"):
        define(source=tmp_path)


def test_requirements_may_begin_with_a_mark_of_their_encoding(define: Define, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def lambda_handler(event, context): ...\n")
    (tmp_path / "requirements.txt").write_text("boto3\n", encoding="utf-8-sig")

    define(source=tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_requirements_in_another_encoding_are_refused(define: Define, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "handler.py").write_text("def lambda_handler(event, context): ...\n")
    (tmp_path / "requirements.txt").write_text("# für\nboto3\n", encoding=encoding)

    with pytest.raises(ValueError, match=r"^'.*/requirements\.txt' is no text in UTF-8: save it as that$"):
        define(source=tmp_path)


@pytest.mark.parametrize("memory", [0, 64, 127, 10_241])
def test_a_size_that_lambda_has_not_is_refused(define: Define, memory: int) -> None:
    with pytest.raises(ValueError, match=rf"^memory_size {memory} is not between 128 and 10,240, in MB"):
        define(memory_size=memory)


@pytest.mark.parametrize("name", ["my-name", "1X", "A", "_NAME", "ÄB", ""])
def test_a_setting_of_a_name_that_lambda_refuses_is_refused(define: Define, name: str) -> None:
    with pytest.raises(
        ValueError, match=rf"^environment has the name {re.escape(repr(name))}: use .* such as API_URL$"
    ):
        define(environment={name: "x"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"timeout": 30}, "timeout is 30: pass one such as Duration.seconds(10)"),
        ({"timeout": 0}, "timeout is 0: pass one such as Duration.seconds(10)"),
        ({"memory_size": "512"}, "memory_size is '512': pass a whole number, without quotes"),
        ({"memory_size": 512.5}, "memory_size is 512.5: pass a whole number, without quotes"),
        ({"environment": {"NUMBER": 5}}, "environment NUMBER is 5: pass a text, such as '5'"),
        ({"role": "arn"}, "role is 'arn': pass iam.Role.from_role_arn(self, 'Role', 'arn')"),
    ],
)
def test_an_argument_of_another_kind_is_refused_by_name(define: Define, arguments: Json, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        define(**arguments)


@pytest.mark.parametrize("runtime", [lambda_.Runtime.NODEJS_22_X, lambda_.Runtime.PROVIDED_AL2023, "python3.13"])
def test_a_runtime_that_is_not_pythons_is_refused(define: Define, runtime: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^runtime '.*' is not one of Python's: pass one such as Runtime\.PYTHON_3_13$"
    ):
        define(runtime=runtime)


def test_a_handler_whose_file_is_missing_is_refused(define: Define) -> None:
    with pytest.raises(ValueError, match=r"handler 'main\.run' needs the file '.*/main\.py', which does not exist"):
        define(handler="main.run")
