"""class: all copies of an account, by their tags."""

import json
from typing import Any

import pytest

from tests.ops.fake_aws import HOUR_AGO, PAGE, FakeAws, Ops, a_stack

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


def test_every_machine_that_runs_is_stopped(aws: FakeAws, ops: Ops) -> None:
    deployed(
        aws, machine("1", "alice"), machine("2", "eve", "stopped"), machine("3", "bob"), machine("4", "eve", "pending")
    )
    aws.expect("ec2", "stop_instances", {}, InstanceIds=["i-1", "i-3"])
    result = ops("class", "stop")
    assert result.stdout == "stopping i-1 of alice, i-3 of bob\n"
    assert "machine i-4 of eve starts still, and was left" in result.stderr


def test_a_dry_run_stops_none(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"))
    assert ops("class", "stop", "--dry-run").stdout == "would stop i-1 of alice\n"


def test_where_nothing_runs_nothing_is_stopped(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice", "stopped"))
    assert ops("class", "stop").stdout == "no machine runs\n"


@pytest.mark.usefixtures("price_table")
def test_what_each_copy_costs(aws: FakeAws, ops: Ops) -> None:
    deployed(aws, machine("1", "alice"), machine("2", "eve"))
    for name in ("1", "2"):
        volume = {"VolumeId": f"vol-{name}", "Size": 12, "VolumeType": "gp3"}
        aws.expect("ec2", "describe_volumes", {"Volumes": [volume]}, VolumeIds=[f"vol-{name}"])
    assert [line.split()[-3:] for line in ops("class", "cost").stdout.splitlines()[1:]] == [
        ["alice", "$18.81", "$4.79"],
        ["bob", "$0.00", "$0.00"],
        ["eve", "$18.81", "$4.79"],
        ["together", "$37.62", "$9.58"],
    ]


def test_an_account_without_a_copy(aws: FakeAws, ops: Ops) -> None:
    aws.stacks(SOMEBODY_ELSES)
    aws.expect("ec2", "describe_instances", {"Reservations": []}, Filters=OURS)
    result = ops("class", "status")
    assert result.exit_code == 1
    assert "no copy is deployed in eu-central-1 of this account" in result.stderr


def test_a_class_has_no_copy_of_its_own(ops: Ops) -> None:
    assert "--copy" not in ops("class", "--help").stdout
    assert ops("class", "terminate").exit_code == 2
