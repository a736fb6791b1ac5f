"""class: all copies of an account, by their tags."""

import json
from typing import Any

import pytest

from tests.ops.fake_aws import HOUR_AGO, PAGE, FakeAws, Ops, a_stack
from tests.ops.fake_fleet import BOTH, FLEET, FakeFleet
from tests.ops.verbs.test_power_of_fleet import stops

OURS = [{"Name": "tag:project", "Values": ["cdk-data-compute"]}, {"Name": "tag-key", "Values": ["copy"]}]
SOMEBODY_ELSES = {
    "StackName": "CDKToolkit",
    "StackId": "arn:1",
    "StackStatus": "CREATE_COMPLETE",
    "CreationTime": HOUR_AGO,
}


def machine(name: str, copy: str, state: str = "running") -> dict[str, Any]:
    return {
        "InstanceId": f"i-{name}",
        "State": {"Name": state},
        "InstanceType": "t4g.small",
        "ImageId": "ami-1",
        "LaunchTime": HOUR_AGO,
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": f"vol-{name}"}}],
        "Tags": [{"Key": "project", "Value": "cdk-data-compute"}, {"Key": "copy", "Value": copy}],
    }


def with_a_fleet(aws: FakeAws) -> None:
    """Let alice have a fleet, and bob a machine."""
    told = {"OutputKey": "Settings", "OutputValue": '{"machines": "2-4"}'}
    page = {"Outputs": [{"OutputKey": "Fleet", "OutputValue": FLEET}, told]}
    aws.stacks(a_stack("CalculateMean-alice", "alice"), a_stack("Streamlit-alice", "alice", **page))
    machines = [machine("1", "alice"), machine("2", "alice"), machine("3", "bob")]
    aws.expect("ec2", "describe_instances", {"Reservations": [{"Instances": machines}]}, Filters=OURS)


def deployed(aws: FakeAws, *machines: dict[str, Any]) -> None:
    page = {"Outputs": [{"OutputKey": "StreamlitUrl", "OutputValue": PAGE}]}
    aws.stacks(
        SOMEBODY_ELSES,
        a_stack("CalculateMean-alice", "alice"),
        a_stack("Streamlit-alice", "alice", **page),
        a_stack("Streamlit-bob", "bob", StackStatus="DELETE_FAILED"),
    )
    aws.expect("ec2", "describe_instances", {"Reservations": [{"Instances": list(machines)}]}, Filters=OURS)


def test_each_copy_is_a_line(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"), machine("2", "eve", "stopped"), machine("3", "alice", "terminated"))
    result = ops("class", "status")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "copy   stacks                       machine                page",
        f"alice  deployed                     i-1 t4g.small running  {PAGE}",
        "bob    Streamlit-bob DELETE_FAILED  none                   none",
        "eve    no stack                     i-2 t4g.small stopped  none",
        "",
        "copies in eu-central-1: 3; machines that run: 1",
    ]


def test_each_copy_for_scripts(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"))
    assert json.loads(ops("class", "status", "--json").stdout)[0] == {
        "copy": "alice",
        "stacks": {"CalculateMean-alice": "CREATE_COMPLETE", "Streamlit-alice": "CREATE_COMPLETE"},
        "machines": {"i-1": "running"},
        "page": PAGE,
    }


def stopped(aws: FakeAws, *names: str) -> None:
    for name in names:
        aws.expect("ec2", "stop_instances", {}, InstanceIds=[f"i-{name}"])


def test_every_machine_that_runs_is_stopped(aws: FakeAws, ops: Ops) -> None:
    deployed(
        aws, machine("1", "alice"), machine("2", "eve", "stopped"), machine("3", "bob"), machine("4", "eve", "pending")
    )
    stopped(aws, "1", "3")
    result = ops("class", "stop", "--yes")
    assert (result.exit_code, result.stdout) == (0, "stopping i-1 of alice, i-3 of bob\n")
    assert "machine i-4 of eve starts still, and is left" in result.stderr


def test_one_that_ec2_refuses_to_stop_keeps_no_other_running(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"), machine("2", "bob"), machine("3", "eve"))
    stopped(aws, "1")
    aws.refuse("ec2", "stop_instances", "OperationNotPermitted", "The instance 'i-2' may not be stopped.")
    stopped(aws, "3")
    result = ops("class", "stop", "--yes", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"stop": ["i-1", "i-3"], "dryRun": False}
    assert "i-2 of bob runs on: AWS refused StopInstances: The instance 'i-2' may not be" in result.stderr
    assert result.stderr.endswith("error: 1 of 3 run on: i-2 of bob\n")


def test_nobody_elses_machine_is_stopped_unasked(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"))
    result = ops("class", "stop", "--region", "eu-central-1")
    assert result.exit_code == 3
    assert "to be stopped: i-1 of alice\n" in result.stderr
    assert "`python -m ops class stop --region eu-central-1 --yes` asks nothing" in result.stderr


@pytest.mark.usefixtures("terminal")
def test_who_does_not_agree_stops_none(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"))
    result = ops("class", "stop", typed="\n")
    assert result.exit_code == 1
    assert "error: nothing was stopped" in result.stderr


def test_a_dry_run_stops_none(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"))
    assert ops("class", "stop", "--dry-run").stdout == "would stop i-1 of alice\n"


def test_where_nothing_runs_nothing_is_stopped(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice", "stopped"))
    assert ops("class", "stop").stdout == "no machine of a copy runs in eu-central-1\n"


@pytest.mark.usefixtures("price_table")
def test_what_each_copy_costs(aws: FakeAws, ops: Ops) -> None:
    priced(aws, "alice", "eve")
    assert [line.split()[-3:] for line in ops("class", "cost").stdout.splitlines()[1:]] == [
        ["alice", "$18.81", "$4.79"],
        ["bob", "$0.00", "$0.00"],
        ["eve", "$18.81", "$4.79"],
        ["together", "$37.62", "$9.58"],
    ]


@pytest.mark.usefixtures("price_table")
def test_an_https_address_is_counted_too(aws: FakeAws, ops: Ops) -> None:
    told = {"OutputKey": "Settings", "OutputValue": '{"https": "true"}'}
    aws.stacks(a_stack("Streamlit-alice", "alice", Outputs=[told]))
    instances = {"Reservations": [{"Instances": [machine("alice", "alice")]}]}
    aws.expect("ec2", "describe_instances", instances, Filters=OURS)
    volume = {"VolumeId": "vol-alice", "Size": 12, "VolumeType": "gp3"}
    aws.expect("ec2", "describe_volumes", {"Volumes": [volume]}, VolumeIds=["vol-alice"])
    assert ops("class", "cost").stdout.splitlines()[1].split() == ["alice", "$19.21", "$5.19"]


@pytest.mark.usefixtures("price_table")
def test_a_copy_can_have_any_name(aws: FakeAws, ops: Ops) -> None:
    priced(aws, "together", "total")
    facts = json.loads(ops("class", "cost", "--json").stdout)
    assert {name: month["running"] for name, month in facts["copies"].items()} == {
        **{"alice": 0.0, "bob": 0.0},
        **{"together": 18.81, "total": 18.81},
    }
    assert facts["total"] == {"running": 37.62, "stopped": 9.58}


def priced(aws: FakeAws, *copies: str) -> None:
    deployed(aws, *(machine(copy, copy) for copy in copies))
    for copy in copies:
        volume = {"VolumeId": f"vol-{copy}", "Size": 12, "VolumeType": "gp3"}
        aws.expect("ec2", "describe_volumes", {"Volumes": [volume]}, VolumeIds=[f"vol-{copy}"])


@pytest.mark.usefixtures("price_table")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status"], "no copy in eu-central-1: for another region add --region\n"),
        (["cost"], "no copy in eu-central-1: for another region add --region\n"),
        (["stop"], "no machine of a copy runs in eu-central-1\n"),
        (["status", "--json"], "[]\n"),
    ],
)
def test_an_account_without_a_copy_is_no_error(aws: FakeAws, ops: Ops, words: list[str], said: str) -> None:
    aws.stacks(SOMEBODY_ELSES)
    aws.expect("ec2", "describe_instances", {"Reservations": []}, Filters=OURS)
    result = ops("class", *words)
    assert (result.exit_code, result.stdout) == (0, said)


@pytest.mark.parametrize("verb", ["status", "stop", "cost"])
def test_only_what_can_be_rehearsed_takes_the_word(ops: Ops, verb: str) -> None:
    text = ops("class", verb, "--help").stdout
    assert ("--dry-run" in text, "--yes" in text, "--copy" in text) == (verb == "stop", verb == "stop", False)


def test_a_fleet_counts_all_its_machines(aws: FakeAws, ops: Ops) -> None:
    with_a_fleet(aws)
    result = ops("class", "status")
    assert "i-1 t4g.small running, i-2 t4g.small running" in result.stdout
    assert result.stdout.endswith("copies in eu-central-1: 2; machines that run: 3\n")


def test_a_fleet_is_stopped_as_a_whole(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    with_a_fleet(aws)
    fleet.group(*BOTH)
    stops(aws, "2/2/2")
    stopped(aws, "3")
    result = ops("class", "stop", "--yes")
    assert (result.exit_code, result.stdout) == (0, f"stopping fleet {FLEET} of alice, i-3 of bob\n")


def test_a_fleet_that_is_stopped_is_left_alone(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    with_a_fleet(aws)
    fleet.group(smallest=0)
    stopped(aws, "3")
    assert ops("class", "stop", "--yes").stdout == "stopping i-3 of bob\n"


def no_group(aws: FakeAws) -> None:
    """Have alice's stack name a group that is gone, as one does that is being deleted."""
    with_a_fleet(aws)
    answer: dict[str, Any] = {"AutoScalingGroups": []}
    aws.expect("autoscaling", "describe_auto_scaling_groups", answer, AutoScalingGroupNames=[FLEET])


@pytest.mark.usefixtures("fleet")
def test_a_fleet_that_is_gone_keeps_nobody_elses_machine_running(aws: FakeAws, ops: Ops) -> None:
    no_group(aws)
    stopped(aws, "3")
    result = ops("class", "stop", "--yes")
    assert (result.exit_code, result.stdout) == (0, "stopping i-3 of bob\n")
    assert f"fleet {FLEET}, which the stack names, does not exist any more" in result.stderr


@pytest.mark.usefixtures("fleet", "price_table")
def test_a_fleet_that_is_gone_costs_its_secret_alone(aws: FakeAws, ops: Ops) -> None:
    no_group(aws)
    volumes = {"Volumes": [{"VolumeId": "vol-3", "Size": 12, "VolumeType": "gp3"}]}
    aws.expect("ec2", "describe_volumes", volumes, VolumeIds=["vol-3"])
    copies = json.loads(ops("class", "cost", "--json").stdout)["copies"]
    assert copies["alice"] == {"running": 0.4, "stopped": 0.4}
    assert copies["bob"]["running"] > 0


@pytest.mark.usefixtures("price_table")
def test_a_fleet_costs_what_its_fewest_machines_do(aws: FakeAws, fleet: FakeFleet, ops: Ops) -> None:
    with_a_fleet(aws)
    fleet.group(*BOTH)
    fleet.balancer()
    fleet.template()
    volumes = {"Volumes": [{"VolumeId": "vol-3", "Size": 12, "VolumeType": "gp3"}]}
    aws.expect("ec2", "describe_volumes", volumes, VolumeIds=["vol-3"])
    facts = json.loads(ops("class", "cost", "--json").stdout)
    assert facts["copies"]["alice"] == {"running": 69.22, "stopped": 27.41}
