"""Every verb against a real deployment to the embedded AWS: what it says happened has happened."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ops.told.looked_up import DEFAULT_VPC_HERE
from tests.ops.laptop import WEB_FROM, Laptop

pytestmark = pytest.mark.system

Ran = subprocess.CompletedProcess[str]
Verb = Callable[..., Ran]


@pytest.fixture
def verb(first: Laptop) -> Verb:
    """Run ``python -m ops`` as a person would."""

    def run(*arguments: str, fails: bool = False, **more: str) -> Ran:
        command = [sys.executable, "-m", "ops", *arguments]
        ran = subprocess.run(
            command,
            cwd=first.checkout.folder,
            env={**first.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (ran.returncode != 0) is fails, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        return ran

    return run


@pytest.fixture
def client(first: Laptop) -> Callable[[str], Any]:
    """Make clients of the embedded AWS, to look at what a verb has done."""
    return first.checkout.client


@pytest.fixture
def machine(client: Callable[[str], Any]) -> str:
    """Give the deployed machine's id."""
    outputs = client("cloudformation").describe_stacks(StackName="Streamlit")["Stacks"][0]["Outputs"]
    return next(str(output["OutputValue"]) for output in outputs if output["OutputKey"] == "InstanceId")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the stack's output
            return bool(answer.status == 200)
    except OSError:
        return False


def state_of(ec2: Any, instance_id: str) -> str:
    found = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    return str(found["State"]["Name"])


def test_status_says_that_all_is_well(verb: Verb, machine: str) -> None:
    facts = json.loads(verb("status", "--json").stdout)
    assert facts["well"] is True
    assert facts["open"] == {"page": [WEB_FROM], "ssh": []}
    screen = verb("status").stdout
    assert f"Open to              the page: {WEB_FROM}" in screen
    assert [one["id"] for one in facts["machines"]] == [machine]
    assert machine in screen


def test_url_is_where_the_page_is(verb: Verb) -> None:
    assert answers(verb("url").stdout.strip())


def test_open_starts_the_browser_with_the_page(verb: Verb, tmp_path: Path) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" >{opened}.draft && mv {opened}.draft {opened}\n')
    browser.chmod(0o755)
    url = verb("open", BROWSER=str(browser)).stdout.split()[-1]
    deadline = time.monotonic() + 10
    while not opened.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert opened.read_text() == url


def test_invoke_asks_the_function_and_the_api(verb: Verb, tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("x\n1\n-5\n0\n33\n")
    assert verb("invoke", "1", "-5", "0", "33").stdout.startswith("7.25\n")
    assert verb("invoke", "--http", "--file", str(numbers)).stdout.startswith("7.25\n")
    assert "can't be read" in verb("invoke", "--file", str(tmp_path / "nowhere.csv"), fails=True).stderr


def test_logs_hold_the_apps_start_the_boot_and_the_functions_calls(verb: Verb) -> None:
    verb("invoke", "1")
    assert "Streamlit app" in verb("logs", "app").stdout
    assert "the page answers" in verb("logs", "boot").stdout
    assert [json.loads(line)["message"] for line in verb("logs", "function", "--json").stdout.splitlines()]
    verb("logs", "api")


def test_the_fetched_key_is_the_deployed_one(verb: Verb, client: Callable[[str], Any], tmp_path: Path) -> None:
    assert shutil.which("ssh-keygen"), "install openssh-client"
    facts = json.loads(verb("key", "--folder", str(tmp_path), "--json").stdout)
    path = Path(facts["file"])
    assert path.stat().st_mode & 0o777 == 0o400
    public = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=True).stdout
    digest = base64.b64encode(hashlib.sha256(base64.b64decode(public.split()[1])).digest()).decode()
    pair = client("ec2").describe_key_pairs(KeyPairIds=[facts["keyPair"]])["KeyPairs"][0]
    assert pair["KeyFingerprint"].rstrip("=") == digest.rstrip("=")
    path.chmod(0o644)
    refused = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=False)
    assert "UNPROTECTED PRIVATE KEY FILE" in refused.stderr
    assert "was open to others" in verb("key", "--folder", str(tmp_path)).stdout
    subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, check=True)


def test_ssh_and_session_know_the_machine(verb: Verb, machine: str, tmp_path: Path) -> None:
    printed = verb("ssh", "--print", "--folder", str(tmp_path))
    assert f"HostKeyAlias={machine}" in printed.stdout
    assert printed.stdout.split()[-1].startswith("ec2-user@127.0.0.")
    assert (
        f"port 22 is open to nobody. Let this laptop in: `make deploy WEB_FROM={WEB_FROM} SSH_FROM=my-ip`"
        in printed.stderr
    )
    assert "port 22 is open to nobody" in verb("ssh", "--folder", str(tmp_path), fails=True).stderr
    assert list(tmp_path.iterdir()) == []
    assert verb("session", "--print").stdout.split()[-1] == machine
    assert machine in verb("tunnel", "--print").stdout


def test_cost_counts_the_deployed_machine(verb: Verb) -> None:
    facts = json.loads(verb("cost", "--json").stdout)
    assert [line["resource"] for line in facts["perMonth"]] == [
        *("machine t4g.small", "disk 12 GiB gp3", "public address (Elastic IP)")
    ]
    assert facts["total"]["running"] > facts["total"]["stopped"] > 0


def test_doctor_finds_nothing_wrong(verb: Verb) -> None:
    checks = {check["name"]: check["ok"] for check in json.loads(verb("doctor", "--json").stdout)}
    assert [name for name, ok in checks.items() if ok is not True] == []
    assert {"Credentials", "Bootstrap", "Image", "API", "Machine", "Port", "Page"} <= set(checks)


def test_stop_really_stops_the_page_and_start_brings_it_back(
    verb: Verb, client: Callable[[str], Any], machine: str
) -> None:
    url, ec2 = verb("url").stdout.strip(), client("ec2")

    verb("stop", "--dry-run")
    assert f"{machine} of main" in verb("class", "stop", "--dry-run").stdout
    assert state_of(ec2, machine) == "running"
    [copy] = json.loads(verb("class", "status", "--json").stdout)
    assert copy["machines"] == {machine: "running"}
    assert copy["page"] == url
    verb("stop")
    assert state_of(ec2, machine) == "stopped"
    assert not answers(url)
    assert "is stopped already" in verb("stop").stderr

    told = verb("status", fails=True)
    assert "stopped" in told.stdout
    assert "`python -m ops start` boots it" in told.stderr
    sick = verb("doctor", fails=True)
    assert "→ `python -m ops start`" in sick.stdout
    assert "`python -m ops start` boots it" in verb("reboot", fails=True).stderr

    verb("start")
    assert state_of(ec2, machine) == "running"
    assert answers(url)
    assert "runs already" in verb("start").stderr


def test_the_default_network_is_found_with_public_subnets(first: Laptop) -> None:
    given = {**first.environment, "MAKE_GIVEN": "VPC", "VPC": "default"}
    command = [sys.executable, "-m", "ops.with_settings", "--aws", "echo"]
    folder = first.checkout.folder
    ran = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=True)
    assert ran.stdout == f"-c vpc={DEFAULT_VPC_HERE}\n"


def test_reboot_really_restarts_the_page(verb: Verb) -> None:
    before = starts_in(verb("logs", "app").stdout)
    verb("reboot")
    assert answers(verb("url").stdout.strip())
    deadline = time.monotonic() + 15
    while starts_in(verb("logs", "app").stdout) == before and time.monotonic() < deadline:
        time.sleep(0.5)
    assert starts_in(verb("logs", "app").stdout) == before + 1


def starts_in(log: str) -> int:
    return log.count("You can now view your Streamlit app")


DOOMED = {
    "Parameters": {
        "Image": {
            "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
            "Default": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        }
    },
    "Resources": {
        "Machine": {
            "Type": "AWS::EC2::Instance",
            "Properties": {"ImageId": {"Ref": "Image"}, "InstanceType": "t4g.small"},
        }
    },
    "Outputs": {"InstanceId": {"Value": {"Ref": "Machine"}}, "StreamlitUrl": {"Value": "http://127.0.0.1:1"}},
}


def test_terminate_ends_the_machine_of_a_copy(verb: Verb, client: Callable[[str], Any]) -> None:
    cloudformation, ec2 = client("cloudformation"), client("ec2")
    cloudformation.create_stack(StackName="Streamlit-doomed", TemplateBody=json.dumps(DOOMED))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="Streamlit-doomed", WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    try:
        doomed = json.loads(verb("terminate", "--copy", "doomed", "--dry-run", "--json").stdout)["machine"]
        assert state_of(ec2, doomed) == "running"
        assert "drifted" in verb("terminate", "--copy", "doomed", "--yes").stderr
        assert state_of(ec2, doomed) in ("shutting-down", "terminated")
        gone = verb("start", "--copy", "doomed", fails=True).stderr
        assert f"`make deploy COPY=doomed GENERATION=after-{doomed}`" in gone
    finally:
        cloudformation.delete_stack(StackName="Streamlit-doomed")


def test_deploy_closes_no_door_unasked(verb: Verb, tmp_path: Path) -> None:
    """As from another laptop's checkout, whose copies do not know what was told."""
    ran, copies = tmp_path / "ran", {"DATA_COMPUTE_COPIES": str(tmp_path / "copies")}
    refused = verb("deploy", "--", "touch", str(ran), fails=True, **copies)
    assert refused.returncode == 3
    assert f"web_from lets in {WEB_FROM} and would become nobody: WEB_FROM={WEB_FROM} keeps it" in refused.stderr
    assert not ran.exists()
    script = ["sh", "-c", 'touch "$0"', str(ran)]
    told = verb("deploy", "--", *script, "-c", f"web_from={WEB_FROM}", **copies).stderr
    assert f"main.json: web_from={WEB_FROM}; commit it" in told
    assert ran.exists()
    # What was remembered is no question any more.
    assert re.fullmatch("AWS: the embedded AWS .*\n", verb("deploy", "--", *script, **copies).stderr)


def imported(name: str) -> dict[str, Any]:
    return {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::ImportValue": name}}}}
    }


EXPORTING = {
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Topic", "TopicName"]}, "Export": {"Name": "carol-topic"}}},
}


def test_destroy_removes_a_copy_that_no_checkout_knows(verb: Verb, client: Callable[[str], Any]) -> None:
    cloudformation = client("cloudformation")
    for name, template in {"Early-carol": EXPORTING, "Late-carol": imported("carol-topic")}.items():
        tags = {"project": "cdk-data-compute", "copy": "carol", "stack": name}
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert verb("destroy", "--copy", "carol", fails=True).returncode == 3
    assert "used by Late-carol" in verb("destroy", "Early-carol", "--copy", "carol", "--yes", fails=True).stderr
    assert "would remove Late-carol, Early-carol" in verb("destroy", "--copy", "carol", "--dry-run").stdout
    assert "copy carol: removed Late-carol, Early-carol" in verb("destroy", "--copy", "carol", "--yes").stdout
    left = {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}
    assert left >= {"CalculateMean", "Streamlit"}
    assert not left & {"Early-carol", "Late-carol"}
    assert "has no stack in us-east-1" in verb("destroy", "--copy", "carol", "--yes", fails=True).stderr


def test_a_copy_that_is_not_deployed_is_told(verb: Verb) -> None:
    assert "stack Streamlit-nobody is not deployed" in verb("url", "--copy", "nobody", fails=True).stderr
