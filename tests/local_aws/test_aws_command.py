"""The aws command line works against the embedded AWS: the tutorials' own commands, unchanged."""

import json

import pytest

from local_aws.processes import Process
from tests.local_aws.checkout import Checkout, ask, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def instance(up: Checkout) -> str:
    return up.deployed().instance_id


def test_invoke(up: Checkout) -> None:
    told = up.shell(
        """
        aws lambda invoke --function-name calculate_mean --payload '{"nums": [1, 2, 3]}' output.json
        cat output.json
        """
    )
    assert '"StatusCode": 200' in told
    assert told.endswith('{"statusCode": 200, "body": 2.0}')


def test_stop_start_and_reboot_instances_act_on_the_process(up: Checkout, instance: str) -> None:
    found = up.deployed()
    record = up.state.machines / instance / "process.json"

    def aws(action: str, query: str) -> str:
        query = f"{query}[].[PreviousState.Name, CurrentState.Name]"
        return " ".join(up.shell(f"aws ec2 {action} --instance-ids {instance} --query '{query}' --output text").split())

    first = Process.read(record)
    assert first
    assert aws("stop-instances", "StoppingInstances") == "running stopped"
    assert not first.runs()
    assert ask(found.page_url, timeout=5)[0] == 0
    state = f"aws ec2 describe-instances --instance-ids {instance} --query Reservations[0].Instances[0].State.Name"
    assert up.shell(state).strip() == '"stopped"'
    assert aws("start-instances", "StartingInstances") == "stopped running"
    wait_until(lambda: found.page_status() == 200, 60)
    second = Process.read(record)
    up.shell(f"aws ec2 reboot-instances --instance-ids {instance}")
    wait_until(lambda: Process.read(record) not in (None, second), 10)
    wait_until(lambda: found.page_status() == 200, 60)


def test_describe_instances(up: Checkout, instance: str) -> None:
    told = json.loads(up.shell("aws ec2 describe-instances --filters Name=instance-state-name,Values=running"))
    found = told["Reservations"][0]["Instances"][0]
    assert found["InstanceId"] == instance
    assert found["PublicIpAddress"] in up.deployed().page_url


def test_describe_key_pairs(up: Checkout) -> None:
    key_pair_id = up.deployed().outputs["KeyPairId"]
    told = json.loads(up.shell("aws ec2 describe-key-pairs --filters 'Name=key-name,Values=Streamlit*'"))
    assert [(pair["KeyPairId"], pair["KeyType"]) for pair in told["KeyPairs"]] == [(key_pair_id, "ed25519")]
    none = up.shell("aws ec2 describe-key-pairs --filters Name=key-name,Values=else --query 'length(KeyPairs)'")
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
