"""doctor: each check, and the one next step of each failure."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ops.checks import Check, laptop, reachability
from ops.checks.account import check_bootstrap, check_credentials, oldest_bootstrap
from ops.checks.laptop import check_laptop
from ops.checks.reachability import check_way
from ops.cloud import doors
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.my_ip import AddressUnknownError
from stacks.copy_settings import MAIN
from stacks.registry import PAGE
from tests.ops.fake_aws import INSTANCE, FakeAws, Ops, a_stack
from tests.ops.fake_page import FakePage, answering
from tests.ops.verbs.test_users import ADA, POOL, listed, user


@pytest.fixture(autouse=True)
def cdk_json(tmp_path: Path) -> Path:
    file = tmp_path / "cdk.json"
    file.write_text('{"context": {}}')
    return file


@pytest.fixture
def here(aws: FakeAws) -> Here:
    class Stand:
        region_name = "eu-central-1"
        client = aws.client

    return Here(Stand(), MAIN, False)  # type: ignore[arg-type]


def named(checks: Iterator[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


# ---- This laptop ----


def checkout(tmp_path: Path, *, pinned: str = "2.1", installed: str | None = "2.1", schema: str = ">=99.0.0") -> Path:
    (tmp_path / "package.json").write_text(json.dumps({"devDependencies": {"aws-cdk": pinned}}))
    if installed:
        package = tmp_path / "node_modules" / "aws-cdk"
        package.mkdir(parents=True)
        needs = {laptop.SCHEMA: schema}
        (package / "package.json").write_text(json.dumps({"version": installed, "devDependencies": needs}))
    return tmp_path


def test_this_checkout_is_in_order() -> None:
    assert [check.name for check in check_laptop() if check.ok is not True] == []


def test_a_missing_command_line(tmp_path: Path) -> None:
    check = named(check_laptop(checkout(tmp_path, installed=None)), "CDK command line")
    assert (check.ok, check.next_step) == (False, "`make synth` sets up what is missing")


def test_a_command_line_that_is_not_the_pinned_one(tmp_path: Path) -> None:
    check = named(check_laptop(checkout(tmp_path, installed="3.0.0")), "CDK command line")
    assert check.ok is False
    assert check.words == "3.0.0, but package.json pins 2.1"


@pytest.mark.parametrize(("schema", "ok"), [(">=99.0.0", True), ("^1.0.0", False), ("", None)])
def test_the_schemas_of_library_and_command_line(tmp_path: Path, schema: str, ok: bool | None) -> None:
    assert named(check_laptop(checkout(tmp_path, schema=schema)), "Assembly schema").ok is ok


def test_a_missing_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    check = named(check_laptop(), "Node")
    assert (check.ok, check.next_step) == (False, "`make synth` sets up what is missing")


def test_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laptop, "OLDEST_PYTHON", (4, 0))
    assert named(check_laptop(), "Python").ok is False


# ---- The account ----


def test_who_we_are(aws: FakeAws, here: Here) -> None:
    aws.expect("sts", "get_caller_identity", {"Arn": "arn:aws:iam::1:user/eve", "Account": "1"})
    check = check_credentials(here)
    assert (check.ok, check.words) == (True, "account 1, eu-central-1, as arn:aws:iam::1:user/eve")


def test_expired_credentials(aws: FakeAws, here: Here) -> None:
    aws.refuse("sts", "get_caller_identity", "ExpiredToken")
    check = check_credentials(here)
    assert check.ok is False
    assert "have expired" in check.words


def bootstrap(aws: FakeAws, here: Here, root: Path, version: str) -> Check:
    answer = {"Parameter": {"Value": version}}
    aws.expect("ssm", "get_parameter", answer, Name="/cdk-bootstrap/hnb659fds/version")
    return check_bootstrap(here, root, {})


def test_a_region_that_is_bootstrapped(aws: FakeAws, here: Here, tmp_path: Path) -> None:
    assert bootstrap(aws, here, tmp_path, "30").ok


@pytest.mark.parametrize(
    ("told", "step"), [({}, "`make bootstrap`"), ({"account": "lab"}, "`make bootstrap ACCOUNT=lab`")]
)
def test_a_region_that_is_not_bootstrapped(
    aws: FakeAws, here: Here, tmp_path: Path, told: dict[str, str], step: str
) -> None:
    aws.refuse("ssm", "get_parameter", "ParameterNotFound")
    check = check_bootstrap(here, tmp_path, told)
    assert (check.ok, check.next_step) == (False, step)


def test_a_bootstrap_by_a_name_of_ones_own(aws: FakeAws, here: Here, cdk_json: Path) -> None:
    cdk_json.write_text('{"context": {"@aws-cdk/core:bootstrapQualifier": "ours"}}')
    aws.expect("ssm", "get_parameter", {"Parameter": {"Value": "30"}}, Name="/cdk-bootstrap/ours/version")
    assert check_bootstrap(here, cdk_json.parent, {}).ok is True


def test_a_bootstrap_that_is_too_old(aws: FakeAws, here: Here, tmp_path: Path) -> None:
    assert bootstrap(aws, here, tmp_path, "5").words == "version 5, but this app needs 6"


def test_a_question_that_is_forbidden_fails_nothing(aws: FakeAws, here: Here, tmp_path: Path) -> None:
    aws.refuse("ssm", "get_parameter", "AccessDeniedException")
    check = check_bootstrap(here, tmp_path, {})
    assert check.ok is None
    assert "ssm:GetParameter" in check.words


def test_the_last_synth_knows_which_bootstrap_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    artifacts: dict[str, Any] = {"a": {"properties": {"requiresBootstrapStackVersion": 12}}, "b": {}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    assert oldest_bootstrap(tmp_path) == 12


# ---- The way to the page ----


@contextmanager
def way(aws: FakeAws, status: int = 200) -> Iterator[tuple[FakePage, str]]:
    with answering(status) as page, answering(200, body="2.0") as api:
        aws.deployment(page=page.url, api=api.url)
        yield page, page.url.rpartition(":")[2]


def walk(here: Here) -> list[Check]:
    return list(check_way(here, read_deployment(here)))


def test_a_way_without_obstacles(aws: FakeAws, here: Here) -> None:
    with way(aws) as (_, port):
        aws.machine()
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        checks = walk(here)
    assert [check.name for check in checks] == [
        *("Stack CalculateMean", "Stack Streamlit", "API", "Machine", "Name", "Security group", "Port", "Page")
    ]
    assert all(check.ok for check in checks)


def test_nothing_deployed_is_no_failure(aws: FakeAws, here: Here) -> None:
    aws.no_stack("CalculateMean")
    aws.no_stack("Streamlit")
    checks = walk(here)
    assert [(check.ok, check.next_step) for check in checks] == [(None, "`make deploy`")] * 2


def test_a_third_stack_is_looked_at_too(aws: FakeAws, here: Here, third_stack: str) -> None:
    aws.nothing_deployed()
    aws.stack(third_stack, {}, status="UPDATE_FAILED")
    check = named(check_way(here, read_deployment(here)), "Stack Report")
    assert (check.ok, check.words) == (False, "UPDATE_FAILED")


def test_what_a_destroy_has_left_that_broke_off(aws: FakeAws, here: Here) -> None:
    aws.stack("CalculateMean", {}, status="DELETE_FAILED")
    aws.no_stack("Streamlit")
    left, gone = walk(here)
    assert (left.ok, left.words) == (False, "DELETE_FAILED")
    assert left.next_step.endswith(": `python -m ops destroy CalculateMean` removes what is left of it")
    assert gone.next_step == "`make deploy`, or `make destroy` removes what is left"


def test_a_half_deployed_stack(aws: FakeAws, here: Here) -> None:
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {}, status="ROLLBACK_COMPLETE")
    assert "its first deploy failed" in walk(here)[1].next_step


def test_a_stopped_machine_ends_the_way(aws: FakeAws, here: Here) -> None:
    with way(aws):
        aws.machine("stopped")
        checks = walk(here)
    assert (checks[-1].name, checks[-1].ok, checks[-1].next_step) == ("Machine", False, "`python -m ops start`")


def test_a_machine_that_is_gone_ends_the_way(aws: FakeAws, here: Here) -> None:
    with way(aws):
        aws.machine("terminated")
        checks = walk(here)
    replacing = f"`make deploy GENERATION=after-{INSTANCE}` makes a new one at the same address"
    assert checks[-1].words.endswith(f": {replacing}")
    assert checks[-1].next_step == ""


def test_a_name_that_nobody_knows(aws: FakeAws, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    with way(aws):
        aws.machine()
        asked = read_deployment(here)
        api = next(check for check in check_way(here, asked) if check.name == "API")
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        checks = list(reachability._to_page(here, asked, asked.stack(PAGE)))
    assert api.ok
    assert (checks[-1].name, checks[-1].ok) == ("Name", False)


def test_a_page_that_is_open_to_nobody(aws: FakeAws, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "is_loopback", lambda _: False)
    with way(aws):
        aws.machine()
        aws.doors(p22=["203.0.113.7/32"])
        checks = walk(here)
    assert (checks[-1].name, checks[-1].ok) == ("Security group", False)
    assert "make deploy WEB_FROM=my-ip SSH_FROM=203.0.113.7/32" in checks[-1].next_step
    assert "`python -m ops tunnel`" in checks[-1].next_step


def test_an_https_address_is_opened_at_its_edge(aws: FakeAws, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "my_ip", lambda: "198.51.100.7/32")
    monkeypatch.setattr(doors, "is_loopback", lambda _: False)
    with answering(200, body="2.0") as api:
        aws.deployment(page="https://127.0.0.1", api=api.url, https="true", web_from="203.0.113.7/32")
        aws.machine()
        aws.doors(p8501=["pl-3b927c52"])
        checks = walk(here)
    assert (checks[-1].name, checks[-1].ok) == ("Edge", False)
    assert checks[-1].words == "port 443 is open to 203.0.113.7/32, but this laptop is 198.51.100.7/32"
    assert "`make deploy WEB_FROM=203.0.113.7/32,my-ip`" in checks[-1].next_step


def test_no_security_group_stands_between_a_laptop_and_itself(aws: FakeAws, here: Here) -> None:
    with way(aws):
        aws.machine()
        aws.doors()
        checks = walk(here)
    assert (checks[-1].name, checks[-1].ok) == ("Page", True)
    assert "the page is on this laptop itself" in named(iter(checks), "Security group").words


@pytest.mark.parametrize(
    ("source", "ok", "words"),
    [
        ("203.0.113.0/24", True, "this laptop is 203.0.113.7/32"),
        ("198.51.100.0/24", False, "but this laptop is 203.0.113.7/32"),
        ("pl-1", None, "which may be among them"),
    ],
)
def test_whether_this_laptop_is_let_in(
    aws: FakeAws, here: Here, monkeypatch: pytest.MonkeyPatch, source: str, ok: bool | None, words: str
) -> None:
    monkeypatch.setattr(doors, "my_ip", lambda: "203.0.113.7/32")
    monkeypatch.setattr(doors, "is_loopback", lambda _: False)
    with way(aws) as (_, port):
        aws.machine()
        aws.doors(**{f"p{port}": [source]})
        check = named(iter(walk(here)), "Security group")
    assert check.ok is ok
    assert words in check.words


def test_an_address_that_is_unknown_ends_nothing(aws: FakeAws, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise AddressUnknownError("offline")

    monkeypatch.setattr(doors, "my_ip", unknown)
    monkeypatch.setattr(doors, "is_loopback", lambda _: False)
    with way(aws) as (_, port):
        aws.machine()
        aws.doors(**{f"p{port}": ["203.0.113.0/24"]})
        checks = walk(here)
    assert named(iter(checks), "Security group").ok is None
    assert checks[-1].name == "Page"


def test_a_port_that_does_not_answer(aws: FakeAws, here: Here) -> None:
    with answering(200, body="2.0") as api:
        aws.deployment(page="http://127.0.0.1:1", api=api.url)
        aws.machine()
        aws.doors(p1=["0.0.0.0/0"])
        checks = walk(here)
    assert (checks[-1].name, checks[-1].ok) == ("Port", False)
    assert "python -m ops tunnel" in checks[-1].next_step


def test_a_page_whose_script_fails(aws: FakeAws, here: Here) -> None:
    with way(aws, status=500) as (_, port):
        aws.machine()
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        checks = walk(here)
    assert (checks[-1].name, checks[-1].ok, checks[-1].next_step) == ("Page", False, "`python -m ops logs app`")


# ---- The verb ----


def test_what_may_not_be_asked_is_a_finding(aws: FakeAws, ops: Ops) -> None:
    aws.expect("sts", "get_caller_identity", {"Arn": "arn:aws:iam::1:user/eve", "Account": "1"})
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied")
    result = ops("doctor", "--json")
    assert result.exit_code == 1
    last = json.loads(result.stdout)[-1]
    assert (last["name"], last["ok"]) == ("Deployment", False)
    assert "cloudformation:DescribeStacks" in last["words"]


def test_the_verb_fails_when_a_check_does(aws: FakeAws, ops: Ops) -> None:
    aws.refuse("sts", "get_caller_identity", "ExpiredToken")
    result = ops("doctor")
    assert result.exit_code == 1
    assert "ok    Python: " in result.stdout
    assert "FAIL  Credentials: the AWS credentials have expired" in result.stdout
    assert "      → mend that, then `python -m ops doctor` again" in result.stdout
    assert "1 of 5 checks failed: Credentials" in result.stderr


def test_the_verb_for_scripts(aws: FakeAws, ops: Ops) -> None:
    aws.refuse("sts", "get_caller_identity", "ExpiredToken")
    found = json.loads(ops("doctor", "--json").stdout)
    assert {check["name"]: check["ok"] for check in found}["Credentials"] is False


def test_a_stack_that_the_copy_no_longer_has_and_that_did_not_go(aws: FakeAws, ops: Ops) -> None:
    aws.expect("sts", "get_caller_identity", {"Arn": "arn:aws:iam::1:user/eve", "Account": "1"})
    aws.nothing_deployed()
    aws.refuse("ssm", "get_parameter", "AccessDenied")
    for method in ("describe_instances", "describe_addresses", "describe_vpcs"):
        aws.refuse("ec2", method, "UnauthorizedOperation")
    aws.expect("sts", "get_caller_identity", {"Arn": "arn:aws:iam::1:user/eve", "Account": "1"})
    aws.stacks(a_stack("Extra", StackStatus="DELETE_FAILED"))
    result = ops("doctor")
    assert "FAIL  Stack Extra: DELETE_FAILED" in result.stdout
    assert "1 of 12 checks failed: Stack Extra" in result.stderr


def test_the_verb_walks_all_the_way(aws: FakeAws, ops: Ops) -> None:
    aws.expect("sts", "get_caller_identity", {"Arn": "arn:aws:iam::1:user/eve", "Account": "1"})
    with way(aws) as (_, port):
        aws.refuse("ssm", "get_parameter", "AccessDenied")
        aws.refuse("ec2", "describe_instances", "UnauthorizedOperation")
        aws.machine()
        aws.machine()
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        aws.stacks(a_stack("CalculateMean"), a_stack("Extra"))
        result = ops("doctor")
    assert result.exit_code == 0, result.stderr
    extra = (
        "?     Stack Extra: CREATE_COMPLETE, though copy main no longer has it\n      → `python -m ops destroy Extra`"
    )
    assert result.stdout.endswith(f"{extra}\n")
    assert f"ok    Machine: {INSTANCE} is running" in result.stdout
    assert "?     Bootstrap: you lack the permission ssm:GetParameter" in result.stdout


def test_the_verb_counts_who_may_sign_in(aws: FakeAws, ops: Ops) -> None:
    aws.expect("sts", "get_caller_identity", {"Arn": "arn:aws:iam::1:user/eve", "Account": "1"})
    with answering(200) as page, answering(200, body="2.0") as api:
        aws.stack("CalculateMean", {"ApiUrl": api.url, "FunctionName": "calculate_mean"})
        aws.stack("Streamlit", {"StreamlitUrl": page.url, "InstanceId": INSTANCE, "UserPoolId": POOL})
        aws.refuse("ssm", "get_parameter", "AccessDenied")
        aws.refuse("ec2", "describe_instances", "UnauthorizedOperation")
        aws.machine()
        aws.machine()
        aws.doors(**{f"p{page.url.rpartition(':')[2]}": ["0.0.0.0/0"]})
        listed(aws, user(ADA))
        aws.stacks(a_stack("CalculateMean"))
        assert "ok    Sign in: 1 person may" in ops("doctor").stdout
