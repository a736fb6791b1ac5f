"""A machine that cannot be: refused at once, or said why it did not come up."""

import socket

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.checkout import Checkout, wait_until

pytestmark = pytest.mark.system


def test_a_machine_whose_port_is_taken_everywhere_is_refused(up: Checkout) -> None:
    ec2 = up.client("ec2")
    before = ec2.describe_instances()["Reservations"]
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104
        port = taken.getsockname()[1]
        with pytest.raises(ClientError, match=f"{port} is taken on every loopback address of this machine"):
            ec2.run_instances(UserData=user_data(port), MinCount=1, MaxCount=1)
    assert ec2.describe_instances()["Reservations"] == before


def test_a_machine_that_cannot_fetch_its_app_says_so(up: Checkout) -> None:
    ec2 = up.client("ec2")
    instance = ec2.run_instances(UserData=user_data(18501), MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    told = up.state.machines / f"{instance}.failed"
    wait_until(told.exists, 20)
    assert "could not fetch s3://no-such-bucket/boot.zip" in told.read_text()
    ec2.terminate_instances(InstanceIds=[instance])
    assert not (up.state.machines / instance).exists()


def user_data(port: int) -> str:
    settings = {
        "STACK_NAME": "None",
        "RESOURCE_ID": "Machine",
        "LOG_GROUP": "logs",
        "BOOT_FILES": "s3://no-such-bucket/boot.zip",
        "SERVICE_FILES": "s3://no-such-bucket/service.zip",
        "APP_FILES": "s3://no-such-bucket/app.zip",
        "ENTRY_FILE": "app.py",
        "PORT": str(port),
    }
    lines = "\n".join(f'{name}="{value}"' for name, value in settings.items())
    return f"#!/bin/bash\ncat >\"$SETTINGS/machine.env\" <<'END_OF_FILE'\n{lines}\nEND_OF_FILE\n"
