"""Deploying hand-written templates to an embedded AWS, without the CDK."""

import json
import threading
import time
from typing import Any

from botocore.exceptions import ClientError

from local_aws.cloud import Cloud

# Of functions that write their log and do no more.
FUNCTION_ROLE = "arn:aws:iam::000000000000:role/of-functions"
POLL = {"Delay": 0.1, "MaxAttempts": 200}


def signalled(timeout: str) -> dict[str, Any]:
    return {"CreationPolicy": {"ResourceSignal": {"Count": 1, "Timeout": timeout}}}


def wait(cloud: Cloud, name: str, waiter: str) -> dict[str, str]:
    cloudformation = cloud.client("cloudformation")
    cloudformation.get_waiter(waiter).wait(StackName=name, WaiterConfig=POLL)
    if waiter == "stack_delete_complete":
        return {}
    described = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def plan(cloud: Cloud, name: str, body: str, parameters: list[dict[str, str]]) -> dict[str, Any]:
    """Make a change set as the CDK does, whose name is always the same."""
    cloudformation = cloud.client("cloudformation")
    asked = {"StackName": name, "ChangeSetName": "next"}
    cloudformation.delete_change_set(**asked)
    cloudformation.create_change_set(**asked, TemplateBody=body, Parameters=parameters, Capabilities=["CAPABILITY_IAM"])
    described: dict[str, Any] = cloudformation.describe_change_set(**asked)
    return described


def make_function_role(cloud: Cloud) -> None:
    """Make the role that functions name."""
    name = FUNCTION_ROLE.rpartition("/")[2]
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    logs = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    iam = cloud.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    iam.put_role_policy(RoleName=name, PolicyName="logs", PolicyDocument=json.dumps({"Statement": [logs]}))


def api_may_call(function: str, api: str) -> dict[str, Any]:
    """Draw the permission of an API to call a function of its stack."""
    source = {"Fn::Sub": f"arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api}}}/*"}
    called = {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": function}, "SourceArn": source}
    return {"Type": "AWS::Lambda::Permission", "Properties": {**called, "Principal": "apigateway.amazonaws.com"}}


def reasons(cloud: Cloud, name: str) -> str:
    events = cloud.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return " ".join(event.get("ResourceStatusReason", "") for event in events)


def delete(cloud: Cloud, name: str) -> None:
    cloud.client("cloudformation").delete_stack(StackName=name)
    wait(cloud, name, "stack_delete_complete")


def describe(cloud: Cloud, instance_id: str) -> dict[str, Any]:
    found = cloud.client("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    assert isinstance(found, dict)
    return found


def signal_when_asked(cloud: Cloud, stack: str, resource: str, status: str) -> threading.Thread:
    """Signal as a machine does that boots elsewhere: again and again, until CloudFormation takes it."""

    def signal() -> None:
        cloudformation = cloud.client("cloudformation")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                cloudformation.signal_resource(
                    StackName=stack, LogicalResourceId=resource, UniqueId="i-elsewhere", Status=status
                )
                return
            except ClientError:
                time.sleep(0.05)

    thread = threading.Thread(target=signal)
    thread.start()
    return thread


def tags(described: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in described["Tags"]}
