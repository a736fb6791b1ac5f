"""logs: who wrote what, and when."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY

from ops.verbs import logs as verb
from tests.ops.fake_aws import INSTANCE, FakeAws, Ops


def event(text: str, number: int = 1, stream: str = "s") -> dict[str, Any]:
    moment = int(datetime(2026, 11, 21, 3, 0, number, tzinfo=UTC).timestamp() * 1000)
    return {"eventId": f"e{number}", "timestamp": moment, "message": text, "logStreamName": stream}


def written(aws: FakeAws, group: str, *events: dict[str, Any], stream: str | None = None, token: str = "") -> None:
    parameters: dict[str, Any] = {"logGroupName": group, "startTime": ANY}
    if stream:
        parameters["logStreamNames"] = [stream]
    if token:
        parameters["nextToken"] = token
    aws.expect("logs", "filter_log_events", {"events": list(events)}, **parameters)


def test_the_apps_log_is_that_of_the_machine_that_is_deployed(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    written(aws, "server", event("hello\n"), stream=f"{INSTANCE}/app")
    result = ops("logs")
    assert result.exit_code == 0
    assert result.stdout == "2026-11-21 03:00:01  hello\n"


def functions(aws: FakeAws, stack: str, **groups: tuple[str, str]) -> None:
    """Say which functions a stack has: their names and log groups, by logical id."""
    summaries = [
        {"LogicalResourceId": logical_id, "ResourceType": kind, "ResourceStatus": "CREATE_COMPLETE", **named}
        | {"LastUpdatedTimestamp": datetime.now(UTC)}
        for logical_id, kind, named in [
            *(
                (logical_id, "AWS::Lambda::Function", {"PhysicalResourceId": of[0]})
                for logical_id, of in groups.items()
            ),
            ("BeginningB1C8E0D2", "AWS::Lambda::Function", {}),
            ("LogsD64A3AB3", "AWS::Logs::LogGroup", {"PhysicalResourceId": "another"}),
        ]
    ]
    aws.expect("cloudformation", "list_stack_resources", {"StackResourceSummaries": summaries}, StackName=stack)
    for name, group in (groups[logical_id] for logical_id in sorted(groups)):
        if group:
            asked = {"FunctionName": name, "LoggingConfig": {"LogGroup": group}}
            aws.expect("lambda", "get_function_configuration", asked, FunctionName=name)
        else:
            aws.refuse("lambda", "get_function_configuration", "ResourceNotFoundException")


def one_function(aws: FakeAws) -> None:
    aws.deployment()
    twin = ("CalculateMean-FunctionTwinD490E4AA-x", "of-function")
    functions(aws, "CalculateMean", FunctionTwinD490E4AA=twin, Function6B188E59=("calculate_mean", "of-function"))
    functions(aws, "Streamlit")


def test_the_apis_log(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    written(aws, "of-api", event("called"))
    assert ops("logs", "api").stdout == "2026-11-21 03:00:01  called\n"


def test_the_logs_of_all_functions_of_the_copy_are_one(aws: FakeAws, ops: Ops) -> None:
    """Also of one that a person has added, which no output tells of, and of an extra."""
    aws.deployment(extras="describe")
    aws.stack("Describe", {})
    greet = {"GreetFunction0A1B2C3D": ("CalculateMean-GreetFunction0A1B2C3D-xYz", "of-greet")}
    gone = {"Gone0A1B2C3D": ("CalculateMean-Gone0A1B2C3D-xYz", "")}
    mean = {"Function6B188E59": ("calculate_mean", "of-function")}
    functions(aws, "CalculateMean", **greet, **mean, **gone)
    functions(aws, "Streamlit")
    functions(aws, "Describe", Function6B188E59=("describe", "of-describe"))
    written(aws, "of-function", event("first", 1), event("fourth", 4))
    written(aws, "of-greet", event("greeting Ada", 2))
    written(aws, "of-describe", event("third", 3))
    assert ops("logs", "function").stdout.splitlines() == [
        "2026-11-21 03:00:01  calculate_mean  first",
        "2026-11-21 03:00:02  Greet  greeting Ada",
        "2026-11-21 03:00:03  describe  third",
        "2026-11-21 03:00:04  calculate_mean  fourth",
    ]


def test_the_logs_of_another_stack(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.stack("Report", {"ApiLogGroup": "of-its-api"})
    written(aws, "of-its-api", event("called"))
    assert "called" in ops("logs", "api", "--stack", "Report").stdout
    aws.deployment()
    aws.stack("Report", {})
    functions(aws, "Report", Sum0A1B2C3D=("Report-Sum0A1B2C3D-xYz", "of-report"))
    written(aws, "of-report", event("called"))
    assert "  Sum  called" in ops("logs", "function", "--stack", "Report").stdout


def test_a_stack_without_a_function_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.stack("Report", {})
    functions(aws, "Report")
    result = ops("logs", "function", "--stack", "Report")
    assert (result.exit_code, result.stderr) == (1, "error: no function is in Report\n")


def test_one_json_object_a_line_for_scripts(aws: FakeAws, ops: Ops) -> None:
    one_function(aws)
    written(aws, "of-function", event("one", 1), event("two", 2))
    lines = [json.loads(line) for line in ops("logs", "function", "--json").stdout.splitlines()]
    two = {"time": "2026-11-21T03:00:02+00:00", "function": "calculate_mean", "stream": "s", "message": "two"}
    assert lines[1] == two


def test_events_without_an_id_are_printed_too(aws: FakeAws, ops: Ops) -> None:
    one_function(aws)
    bare = [{key: value for key, value in event(text, 1).items() if key != "eventId"} for text in ("one", "two")]
    written(aws, "of-function", *bare)
    assert [line.split()[-1] for line in ops("logs", "function").stdout.splitlines()] == ["one", "two"]


def streams(aws: FakeAws, *named: tuple[str, int]) -> None:
    found = [{"logStreamName": name, "creationTime": made} for name, made in named]
    aws.expect("logs", "describe_log_streams", {"logStreams": found}, logGroupName="server")


def test_the_boot_log_is_the_latest_ones(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    streams(aws, ("i-old/boot", 1), (f"{INSTANCE}/boot", 2), (f"{INSTANCE}/app", 3))
    written(aws, "server", event("booted"), stream=f"{INSTANCE}/boot")
    result = ops("logs", "boot")
    assert "booted" in result.stdout
    assert result.stderr == ""


def test_after_a_failed_deploy_the_boot_log_is_the_failed_machines(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    streams(aws, (f"{INSTANCE}/boot", 1), ("i-failed/boot", 2))
    written(aws, "server", event("ImportError"), stream="i-failed/boot")
    result = ops("logs", "boot")
    assert "ImportError" in result.stdout
    assert f"the latest boot is of machine i-failed, not of {INSTANCE}" in result.stderr


def test_no_boot_yet_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    streams(aws)
    result = ops("logs", "boot")
    assert result.exit_code == 1
    assert "no machine has written its boot log" in result.stderr


def test_a_silent_app_is_told_on_stderr(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.refuse("logs", "filter_log_events", "ResourceNotFoundException")
    result = ops("logs", "app")
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"nothing in server/{INSTANCE}/app since" in result.stderr


@pytest.mark.parametrize(("since", "seconds"), [("30s", 30), ("15m", 900), ("2h", 7200), ("3d", 259200)])
def test_how_far_back(since: str, seconds: int) -> None:
    assert verb._duration(since).total_seconds() == seconds


@pytest.mark.parametrize("since", ["3651d", "99999999d", "9" * 5000 + "s"])
def test_a_time_before_all_logs_is_told(aws: FakeAws, ops: Ops, since: str) -> None:
    aws.deployment()
    result = ops("logs", f"--since={since}")
    assert result.exit_code == 1
    assert "is too long ago: 3650d shows all there is" in result.stderr


@pytest.mark.parametrize("since", ["1", "h", "-1h", "1w", "yesterday"])
def test_a_time_that_is_none_is_told(aws: FakeAws, ops: Ops, since: str) -> None:
    aws.deployment()
    result = ops("logs", f"--since={since}")
    assert result.exit_code == 1
    assert "is not a time" in result.stderr


def test_following_prints_each_event_once(aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.deployment()
    stream = f"{INSTANCE}/app"
    written(aws, "server", event("one", 1), stream=stream)
    written(aws, "server", event("one", 1), event("two", 2), stream=stream)
    pauses = iter([None, KeyboardInterrupt()])

    def sleep(_: float) -> None:
        pause = next(pauses)
        if pause:
            raise pause

    monkeypatch.setattr("ops.answers.following.time.sleep", sleep)
    result = ops("logs", "app", "--follow")
    assert [line.split()[-1] for line in result.stdout.splitlines()] == ["one", "two"]
    assert result.exit_code == 130


def test_the_same_line_twice_without_an_id_is_two_lines(aws: FakeAws, ops: Ops) -> None:
    """As the embedded AWS gives its events none."""
    aws.deployment()
    line = event("again", 1) | {"eventId": ""}
    written(aws, "server", line, line, stream=f"{INSTANCE}/app")
    assert ops("logs", "app").stdout.count("again") == 2


def test_a_stack_of_an_earlier_version_is_told(
    aws: FakeAws, ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.cloud.log_groups.ASSEMBLY", tmp_path)
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {"InstanceId": INSTANCE})
    result = ops("logs")
    assert result.exit_code == 1
    assert (
        "stack Streamlit has no output ServerLogGroup: `make deploy` if an earlier version of it is deployed; "
        "the newest may have none" in result.stderr
    )


def test_while_a_first_deploy_runs_the_template_names_the_log(
    aws: FakeAws, ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = {"ServerLogGroup": {"Value": {"Ref": "ServerLogsABC"}}}
    (tmp_path / "Streamlit.template.json").write_text(json.dumps({"Outputs": output}))
    monkeypatch.setattr("ops.cloud.log_groups.ASSEMBLY", tmp_path)
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {}, status="CREATE_IN_PROGRESS")
    group = {
        "ResourceType": "AWS::Logs::LogGroup",
        "LogicalResourceId": "ServerLogsABC",
        "PhysicalResourceId": "server",
        "ResourceStatus": "CREATE_COMPLETE",
        "LastUpdatedTimestamp": datetime.now(UTC),
    }
    asked = {"StackName": "Streamlit", "LogicalResourceId": "ServerLogsABC"}
    aws.expect("cloudformation", "describe_stack_resource", {"StackResourceDetail": group}, **asked)
    streams(aws, ("i-new/boot", 1))
    written(aws, "server", event("installing"), stream="i-new/boot")
    assert "installing" in ops("logs", "boot").stdout
