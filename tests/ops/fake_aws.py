"""Stand-ins for AWS: botocore's Stubber behind the one client factory."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from botocore.stub import Stubber
from typer.testing import Result

from ops.cloud.clients import _note_service
from tests.ops.rights import action

INSTANCE = "i-0123456789abcdef0"
PAIR = "key-0123456789abcdef0"
PAGE = "http://203.0.113.5:8501"
API = "https://abc123.execute-api.eu-central-1.amazonaws.com/calculate_mean"
HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)

# How STS answers who asks for themselves.
IDENTITY = "<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>"

Ops = Callable[..., Result]

# The rights to all that was asked.
ASKED: set[str] = set()

SESSION = boto3.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="eu-central-1")  # noqa: S106


class FakeAws:
    """Expects calls and answers them; a call that nobody expects fails the test."""

    def __init__(self) -> None:
        self._stubbers: dict[str, Stubber] = {}
        self.expected = 0
        # The output of what is behind the page.
        self.behind = ("InstanceId", INSTANCE)

    def client(self, service: str, region: str | None = None) -> Any:
        client = _client(service)
        assert region in (None, client.meta.region_name)
        if service not in self._stubbers:
            self._stubbers[service] = Stubber(client)
            self._stubbers[service].activate()
        return client

    def expect(self, service: str, method: str, answer: dict[str, Any], **parameters: Any) -> None:
        self.client(service)
        self._stubbers[service].add_response(method, answer, parameters or None)
        self.expected += 1

    def refuse(self, service: str, method: str, code: str, message: str = "") -> None:
        self.client(service)
        self._stubbers[service].add_client_error(method, code, message)

    def stack(self, name: str, outputs: dict[str, str], status: str = "CREATE_COMPLETE", **more: Any) -> None:
        described = {
            "StackName": name,
            "StackId": _stack_id(name),
            "StackStatus": status,
            "CreationTime": HOUR_AGO,
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
            **more,
        }
        self.expect("cloudformation", "describe_stacks", {"Stacks": [described]}, StackName=name)

    def no_stack(self, name: str) -> None:
        self.refuse("cloudformation", "describe_stacks", "ValidationError", f"Stack with id {name} does not exist")

    def told(self, page: dict[str, str], mean: dict[str, str] | None = None, copy: str = "") -> None:
        """Say what the deployed stacks were told."""
        self.stack(f"CalculateMean{copy}", {"Settings": json.dumps(mean or {})})
        self.stack(f"Streamlit{copy}", {"Settings": json.dumps(page)})

    def nothing_deployed(self, copy: str = "") -> None:
        self.no_stack(f"CalculateMean{copy}")
        self.no_stack(f"Streamlit{copy}")

    def stacks(self, *listed: dict[str, Any]) -> None:
        """Say which stacks the region has."""
        self.expect("cloudformation", "describe_stacks", {"Stacks": list(listed)})

    def exports(self, of: dict[str, Any], *importing: str) -> None:
        """Let a stack export one thing, which these import, and a stack of somebody else's another."""
        name = f"{of['StackName']}:Api"
        listed = [{"ExportingStackId": of["StackId"], "Name": name}, {"ExportingStackId": "arn:other", "Name": "other"}]
        self.expect("cloudformation", "list_exports", {"Exports": listed})
        if importing:
            self.expect("cloudformation", "list_imports", {"Imports": list(importing)}, ExportName=name)
        else:
            said = f"Export '{name}' is not imported by any stack."
            self.refuse("cloudformation", "list_imports", "ValidationError", said)

    def no_exports(self) -> None:
        self.expect("cloudformation", "list_exports", {"Exports": []})

    def removed(self, stack: dict[str, Any], *statuses: str) -> None:
        """Expect a stack to be removed, and show these states of it in turn."""
        self.expect("cloudformation", "delete_stack", {}, StackName=stack["StackId"])
        for status in statuses or ("DELETE_IN_PROGRESS", "DELETE_COMPLETE"):
            described = {"Stacks": [{**stack, "StackStatus": status}]}
            self.expect("cloudformation", "describe_stacks", described, StackName=stack["StackId"])

    def deployment(self, page: str = PAGE, api: str = API, copy: str = "", key: str = PAIR, **told: str) -> None:
        logs = {"FunctionLogGroup": "of-function", "ApiLogGroup": "of-api"}
        self.stack(f"CalculateMean{copy}", {"ApiUrl": api, "FunctionName": "calculate_mean", **logs})
        outputs = dict([("StreamlitUrl", page), self.behind, ("KeyPairId", key), ("ServerLogGroup", "server")])
        outputs["Settings"] = json.dumps(told)
        self.stack(f"Streamlit{copy}", outputs)

    def machine(self, state: str = "running", **more: Any) -> None:
        described = {
            "InstanceId": INSTANCE,
            "State": {"Name": state},
            "InstanceType": "t4g.small",
            "ImageId": "ami-1",
            "LaunchTime": HOUR_AGO,
            "PublicIpAddress": "203.0.113.5",
            "SecurityGroups": [{"GroupId": "sg-1"}],
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "vol-1"}}],
            **more,
        }
        answer = {"Reservations": [{"Instances": [described]}]}
        self.expect("ec2", "describe_instances", answer, InstanceIds=[INSTANCE])

    def doors(self, **ports: list[str]) -> None:
        """Say who may come in: ``doors(p8501=["203.0.113.7/32"])``."""
        rules = [_rule(int(port[1:]), sources) for port, sources in ports.items()]
        groups = {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": rules}]}
        self.expect("ec2", "describe_security_groups", groups, GroupIds=["sg-1"])

    def disk(self, gib: int = 12, kind: str = "gp3") -> None:
        volumes = {"Volumes": [{"VolumeId": "vol-1", "Size": gib, "VolumeType": kind}]}
        self.expect("ec2", "describe_volumes", volumes, VolumeIds=["vol-1"])

    def key_pair(self, private_key: str | None = None, name: str = "the-pair") -> None:
        pairs = {"KeyPairs": [{"KeyPairId": PAIR, "KeyName": name}]}
        self.expect("ec2", "describe_key_pairs", pairs, KeyPairIds=[PAIR])
        if private_key:
            self.private_key(private_key)

    def private_key(self, private_key: str) -> None:
        parameter = {"Parameter": {"Name": f"/ec2/keypair/{PAIR}", "Value": private_key}}
        self.expect("ssm", "get_parameter", parameter, Name=f"/ec2/keypair/{PAIR}", WithDecryption=True)

    def end(self) -> None:
        for stubber in self._stubbers.values():
            stubber.deactivate()
        for stubber in self._stubbers.values():
            stubber.assert_no_pending_responses()


def a_stack(name: str, copy: str | None = "main", **more: Any) -> dict[str, Any]:
    """Describe a stack of ours; an earlier version tagged no copy."""
    tags = {"project": "cdk-data-compute", "stack": name} | ({"copy": copy} if copy else {})
    return {
        "StackName": name,
        "StackId": _stack_id(name),
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": HOUR_AGO,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        **more,
    }


def _stack_id(name: str) -> str:
    return f"arn:aws:cloudformation:eu-central-1:123456789012:stack/{name}/1"


@cache
def _client(service: str) -> Any:
    """Make a client once for all tests, as making one takes long; it can reach nobody with these keys."""
    # The Price List API lives in few regions only.
    client = SESSION.client(service, region_name="us-east-1" if service == "pricing" else None)
    client.meta.events.register("after-call", _note_service)
    client.meta.events.register("before-parameter-build", lambda model, **_: ASKED.add(action(model)))
    return client


def _rule(port: int, sources: list[str]) -> dict[str, Any]:
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": source} for source in sources if "." in source],
        "Ipv6Ranges": [{"CidrIpv6": source} for source in sources if ":" in source],
        "PrefixListIds": [{"PrefixListId": source} for source in sources if source.startswith("pl-")],
        "UserIdGroupPairs": [{"GroupId": source} for source in sources if source.startswith("sg-")],
    }
