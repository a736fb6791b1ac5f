"""Each statement of a policy is there for a reason: less one of them, something is denied, and told."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from local_aws import decisions
from local_aws.decisions import Decision
from local_aws.environment import ACCOUNT, REGION
from local_aws.grants import Grant
from local_aws.ministack import service_calls
from tests.local_aws.checkout import Checkout

pytestmark = pytest.mark.system

Statements = list[dict[str, Any]]


def role_may(statements: Statements, asked: Decision) -> bool:
    context = EvalContext(asked.who, "AssumedRole", ACCOUNT, asked.action, asked.resource, REGION)
    return bool(evaluate(context, [parse_policy_document({"Statement": statements})]).decision == "Allow")


def api_may(statements: Statements, asked: Decision) -> bool:
    return service_calls._may_call({"Statement": statements}, asked.resource, asked.who, ACCOUNT, REGION)


def policies(up: Checkout) -> Iterator[tuple[str, Statements, Callable[[Statements, Decision], bool]]]:
    """Give what each deployed role may do, and who may call each function, with what decides by it."""
    cloudformation, iam, functions = up.client("cloudformation"), up.client("iam"), up.client("lambda")
    for stack in up.deployed().stacks:
        for resource in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]:
            name = resource.get("PhysicalResourceId", "")
            if resource["ResourceType"] == "AWS::IAM::Role":
                documents = [
                    iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
                ]
                yield f":assumed-role/{name}/", [one for each in documents for one in each["Statement"]], role_may
            elif resource["ResourceType"] == "AWS::Lambda::Permission":
                found = functions.get_policy(FunctionName=up.deployed().outputs["FunctionName"])["Policy"]
                yield ":execute-api:", json.loads(found)["Statement"], api_may


def test_each_statement_is_needed_or_has_its_reason(up: Checkout) -> None:
    made = [one for one in decisions.read(up.cloud.state.decisions) if one.allowed]
    needed, reasoned = [], []
    for who, statements, may in policies(up):
        theirs = [one for one in made if who in one.who and may(statements, one)]
        for statement in statements:
            rest = [one for one in statements if one is not statement]
            if any(not may(rest, one) for one in theirs):
                needed.append(statement)
                continue
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert [action for action in actions if not Grant("", "", action, "").reason] == [], statement
            reasoned.append(statement)
    sids = {statement.get("Sid") for statement in needed}
    assert {"FetchTheApp", "WriteTheLog"} <= sids
    assert "BeReachedBySessionManager" in {statement.get("Sid") for statement in reasoned}


@pytest.fixture(scope="module")
def less(up: Checkout) -> Iterator[Callable[[str, str], Any]]:
    """Take something away from a source of the library; at the end all is as it was."""
    library = up.folder / "constructs" / "data_compute"
    changed: dict[Path, str] = {}

    def take(file: str, pattern: str) -> None:
        for path, text in changed.items():
            path.write_text(text)
        path = library / file
        changed[path] = path.read_text()
        text, count = re.subn(pattern, "", changed[path], flags=re.DOTALL)
        assert count == 1
        path.write_text(text)

    yield take
    for path, text in changed.items():
        path.write_text(text)
    up.run("up", "-c", "web_from=", "-c", "ssh_from=")
    # Who was denied is gone for good, and so is not allowed since.
    record = up.cloud.state.decisions
    lines = record.read_text().splitlines(keepends=True)
    record.write_text("".join(line for line in lines if '"allowed": true' in line))


def test_a_machine_that_may_not_fetch_its_app_fails_the_deploy(up: Checkout, less: Callable[[str, str], Any]) -> None:
    before = up.deployed()
    less("machine/role.py", r"iam\.PolicyStatement\(\s+sid=\"FetchTheApp\".*?\n        \),")
    told = up.run("up", "-c", "generation=without", check=False)
    assert told.returncode == 1
    assert re.search(r"\nIAM denied s3:GetObject on arn:aws:s3:::\S+ to Streamlit/Server/Role\n", told.stdout)
    assert f"{before.page_url}  answers in " in told.stdout
    assert up.deployed().instance_id == before.instance_id


def test_a_function_that_may_not_write_its_log_is_told(up: Checkout, less: Callable[[str, str], Any]) -> None:
    less("function/python_function.py", r"\n        else:\n            self\.log_group\.grant_write\(self\.role\)")
    told = up.run("up", "-c", "web_from=203.0.113.0/24,pl-12345678", "-c", "ssh_from=203.0.113.7/32").stdout
    assert re.search(r"\nIAM denied logs:CreateLogStream on \S+:log-group:\S+FunctionLogs", told)

    # With all doors open, and all of them closed before, each property is known, and what is proved is read.
    ledger = up.run("fidelity").stdout
    assert {"SecurityGroupIngress.CidrIp", "SourcePrefixListId"} <= set(ledger.split())
    assert re.findall(r"^.* (?:ignored|read, not proved)$", ledger, re.MULTILINE) == []
    assert told.rstrip().splitlines()[-1].startswith(f"Not proved here: {ledger.rstrip().splitlines()[-1]}: `")
