"""The aws command line works against the embedded AWS: the tutorials' own commands, unchanged."""

import json
from collections.abc import Iterator

import pytest

from local_aws import deployment
from tests.local_aws.checkout import Checkout, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def instance(up: Checkout) -> Iterator[str]:
    """Give the machine's id, and have it run again afterwards."""
    instance_id = deployment.read(up.cloud).instance_id
    yield instance_id
    up.client("ec2").start_instances(InstanceIds=[instance_id])
    wait_until(lambda: deployment.wait_for_script(deployment.read(up.cloud), 5) == 200, 30)


def test_invoke(up: Checkout) -> None:
    told = up.shell(
        """
        aws lambda invoke --function-name calculate_mean --payload '{"nums": [1, 2, 3]}' output.json
        cat output.json
        """
    )
    assert '"StatusCode": 200' in told
    assert told.endswith('{"statusCode": 200, "body": 2.0}')


def test_stop_start_and_reboot_instances(up: Checkout, instance: str) -> None:
    state = f"aws ec2 describe-instances --instance-ids {instance} --query 'Reservations[].Instances[].State.Name'"
    told = up.shell(
        f"""
        aws ec2 stop-instances --instance-ids {instance} --query 'StoppingInstances[].PreviousState.Name'
        {state}
        aws ec2 start-instances --instance-ids {instance} --query 'StartingInstances[].PreviousState.Name'
        {state}
        aws ec2 reboot-instances --instance-ids {instance}
        """
    )
    words = [word for word in told.split() if word not in "[]"]
    assert words == ['"running"', '"stopped"', '"stopped"', '"running"']


def test_describe_instances(up: Checkout, instance: str) -> None:
    told = json.loads(up.shell("aws ec2 describe-instances --filters Name=instance-state-name,Values=running"))
    found = told["Reservations"][0]["Instances"][0]
    assert found["InstanceId"] == instance
    assert found["PublicIpAddress"] in deployment.read(up.cloud).page_url


def test_describe_key_pairs(up: Checkout) -> None:
    key_pair_id = deployment.read(up.cloud).outputs["KeyPairId"]
    told = json.loads(up.shell("aws ec2 describe-key-pairs --filters Name=tag:project,Values=cdk-data-compute"))
    assert [(pair["KeyPairId"], pair["KeyType"]) for pair in told["KeyPairs"]] == [(key_pair_id, "ed25519")]
    none = up.shell("aws ec2 describe-key-pairs --filters Name=tag:project,Values=else --query 'length(KeyPairs)'")
    assert none.strip() == "0"


def test_describe_security_groups(up: Checkout) -> None:
    told = json.loads(up.shell("aws ec2 describe-security-groups --filters Name=tag:project,Values=cdk-data-compute"))
    groups = [group for group in told["SecurityGroups"] if group["GroupName"] != "default"]
    assert len(groups) == 1
    assert groups[0]["IpPermissions"] == []


def test_logs(up: Checkout, instance: str) -> None:
    groups = json.loads(up.shell("aws logs describe-log-groups --query 'logGroups[].logGroupName'"))
    server = next(name for name in groups if "Server" in name)
    function = next(name for name in groups if "Function" in name)
    told = up.shell(
        f"""
        aws logs get-log-events --log-group-name '{server}' --log-stream-name {instance}/boot --output text
        aws lambda invoke --function-name calculate_mean --payload '{{"nums": [1]}}' output.json >/dev/null
        aws logs filter-log-events --log-group-name '{function}' --filter-pattern REPORT --output text
        """
    )
    assert "the page answers on port 8501" in told
    assert "REPORT RequestId" in told
