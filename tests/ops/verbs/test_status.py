"""status: one screen that tells the truth."""

import json
from datetime import timedelta

import pytest

from tests.ops.fake_aws import HOUR_AGO, INSTANCE, FakeAws, Ops
from tests.ops.fake_page import answering
from tests.ops.verbs.test_users import ADA, POOL, listed, user

pytestmark = pytest.mark.usefixtures("price_table", "stopped_clock")


def test_all_is_well(aws: FakeAws, ops: Ops) -> None:
    with answering(200) as page, answering(200, body="2.0") as api:
        port = page.url.rpartition(":")[2]
        aws.deployment(page=page.url, api=f"{api.url}/calculate_mean")
        aws.machine()
        aws.doors(**{f"p{port}": ["203.0.113.7/32"], "p80": ["0.0.0.0/0"]})
        aws.disk()
        result = ops("status")
    assert result.exit_code == 0, result.stderr
    rows = dict(line.split("  ", 1) for line in result.stdout.splitlines() if not line.startswith("Open to"))
    assert rows["Stack CalculateMean"].strip() == "CREATE_COMPLETE, last deploy 60 min ago"
    assert rows["API"].strip().startswith(f"{api.url}/calculate_mean  answers in ")
    assert rows["Page"].strip().startswith(f"{page.url}  answers in ")
    assert rows["Machine"].strip() == f"{INSTANCE}, t4g.small, running for 60 min"
    assert rows["Cost a day"].strip() == "$0.62 running, $0.16 stopped (list price)"
    opened = [line.split("  ", 1)[1].strip() for line in result.stdout.splitlines() if line.startswith("Open to")]
    assert opened == ["the page: 203.0.113.7/32", "SSH: nobody", "port 80: everybody"]
    assert len(result.stdout.splitlines()) <= 24


@pytest.mark.parametrize("url", ["https://127.0.0.1", "https://127.0.0.1:8443"], ids=["on AWS", "on a laptop"])
def test_who_may_open_an_https_address_is_asked_at_its_edge(aws: FakeAws, ops: Ops, url: str) -> None:
    told = {"https": "true", "web_from": "203.0.113.7/32, world"}
    aws.deployment(page=url, api="http://127.0.0.1:1", **told)
    aws.machine()
    aws.doors(p8501=["pl-3b927c52"])
    aws.disk()
    opened = [line.split("  ", 1)[1].strip() for line in ops("status").stdout.splitlines() if "Open to" in line]
    assert opened == ["the page: 203.0.113.7/32, everybody", "SSH: nobody", "port 8501: pl-3b927c52"]


def test_who_may_sign_in_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.stack("CalculateMean", {"ApiUrl": "http://127.0.0.1:1", "FunctionName": "calculate_mean"})
    aws.stack("Streamlit", {"StreamlitUrl": "http://127.0.0.1:1", "InstanceId": INSTANCE, "UserPoolId": POOL})
    aws.machine()
    aws.doors(p1=["203.0.113.7/32"])
    aws.disk()
    listed(aws, user(ADA))
    assert "Sign in              1 person may" in ops("status").stdout


def test_a_lab_starts_machines_by_itself(aws: FakeAws, ops: Ops) -> None:
    aws.deployment(page="http://127.0.0.1:1", api="http://127.0.0.1:1", account="lab")
    aws.machine("stopped")
    aws.doors(p1=["203.0.113.7/32"])
    aws.disk()
    said = "a new session starts every machine again, also one that you have stopped: `python -m ops stop`"
    assert said in ops("status").stdout


def test_the_answer_for_scripts(aws: FakeAws, ops: Ops) -> None:
    with answering(200) as page, answering(200, body="2.0") as api:
        port = page.url.rpartition(":")[2]
        aws.deployment(page=page.url, api=api.url)
        aws.machine()
        aws.doors(**{f"p{port}": ["0.0.0.0/0"]})
        aws.disk()
        facts = json.loads(ops("status", "--json").stdout)
    assert facts["well"] is True
    assert facts["page"]["ok"] is True
    assert facts["page"]["url"] == page.url
    assert [machine["id"] for machine in facts["machines"]] == [INSTANCE]
    assert facts["open"] == {"page": ["0.0.0.0/0"], "ssh": []}
    assert facts["costPerDay"] == {"running": 0.62, "stopped": 0.16}
    assert facts["stacks"]["Streamlit"]["status"] == "CREATE_COMPLETE"


def test_a_third_stack_is_one_of_the_copy(aws: FakeAws, ops: Ops, third_stack: str) -> None:
    with answering(200) as page, answering(200, body="2.0") as api:
        aws.deployment(page=page.url, api=api.url)
        aws.stack(third_stack, {}, status="UPDATE_FAILED")
        aws.machine()
        aws.doors()
        aws.disk()
        result = ops("status")
    assert result.exit_code == 1
    assert "Stack Report         UPDATE_FAILED" in result.stdout
    assert "error: stack Report is UPDATE_FAILED: `make deploy` again" in result.stderr


def test_what_a_person_has_added_is_shown(aws: FakeAws, ops: Ops, third_stack: str) -> None:
    """A stack's outputs, and ours' further ones, without what the CDK passes between stacks."""
    for arguments in ((), ("--json",)):
        aws.stack("CalculateMean", {"GreetUrl": "http://greet", "Settings": "{}", "TryItCommand": "curl"})
        aws.no_stack("Streamlit")
        aws.stack(third_stack, {"ApiUrl": "http://report", "ExportsOutputRefTable": "t", "Settings": "{}"})
        told = ops("status", *arguments).stdout
        if arguments:
            outputs = {name: stack and stack["outputs"] for name, stack in json.loads(told)["stacks"].items()}
            assert outputs["CalculateMean"] == {"GreetUrl": "http://greet"}
            assert outputs["Report"] == {"ApiUrl": "http://report"}
        else:
            assert told.endswith("CalculateMean.GreetUrl  http://greet\nReport.ApiUrl           http://report\n")


def test_an_extra_that_was_wanted_is_one_of_the_copy(aws: FakeAws, ops: Ops) -> None:
    """One of another version of the app is none that this one knows."""
    aws.stack("CalculateMean", {"Settings": json.dumps({"extras": "describe,of_another_version"})})
    aws.no_stack("Streamlit")
    aws.no_stack("Describe")
    assert "Stack Describe       not deployed\n" in ops("status").stdout


def test_nothing_deployed(aws: FakeAws, ops: Ops) -> None:
    aws.no_stack("CalculateMean")
    aws.no_stack("Streamlit")
    result = ops("status")
    assert result.exit_code == 1
    assert result.stdout == "Stack CalculateMean  not deployed\nStack Streamlit      not deployed\n"
    assert "stack CalculateMean is not deployed: `make deploy`" in result.stderr


def test_a_stopped_machine(aws: FakeAws, ops: Ops) -> None:
    with answering(200, body="2.0") as api, answering(200) as page:
        aws.deployment(page="http://127.0.0.1:1", api=api.url)
        aws.machine("stopped")
        aws.doors()
        aws.disk()
        result = ops("status")
        assert page.asked == []
    assert result.exit_code == 1
    assert "nothing listens there" in result.stdout
    assert "t4g.small, stopped\n" in result.stdout
    assert "`python -m ops start` boots it" in result.stderr


def test_why_a_machine_is_stopped(aws: FakeAws, ops: Ops) -> None:
    aws.deployment(page="http://127.0.0.1:1", api="http://127.0.0.1:1", idle_stop="45m")
    aws.machine("stopped", StateReason={"Code": "Client.InstanceInitiatedShutdown"})
    aws.doors()
    aws.disk()
    assert "Stopped              by itself, as nobody had the page open\n" in ops("status").stdout


def test_a_page_whose_script_fails(aws: FakeAws, ops: Ops) -> None:
    with answering(200, body="2.0") as api, answering(500) as page:
        aws.deployment(page=page.url, api=api.url)
        aws.machine()
        aws.doors()
        aws.disk()
        result = ops("status")
    assert result.exit_code == 1
    assert "it answers with an error (HTTP 500)" in result.stdout
    assert "`python -m ops doctor`" in result.stderr


def test_a_machine_that_is_gone(aws: FakeAws, ops: Ops) -> None:
    aws.deployment(page="http://127.0.0.1:1", api="http://127.0.0.1:1")
    aws.refuse("ec2", "describe_instances", "InvalidInstanceID.NotFound")
    result = ops("status")
    assert result.exit_code == 1
    assert "does not exist any more" in result.stdout


def test_a_half_deployed_stack(aws: FakeAws, ops: Ops) -> None:
    aws.stack("CalculateMean", {}, status="ROLLBACK_COMPLETE")
    aws.no_stack("Streamlit")
    result = ops("status")
    assert result.exit_code == 1
    assert "API                  no address yet" in result.stdout
    assert "its first deploy failed" in result.stderr


def test_a_later_deploy_is_told_apart_from_the_first(aws: FakeAws, ops: Ops) -> None:
    aws.stack("CalculateMean", {}, LastUpdatedTime=HOUR_AGO + timedelta(minutes=50))
    aws.no_stack("Streamlit")
    assert "CREATE_COMPLETE, last deploy 10 min ago, created 60 min ago" in ops("status").stdout
