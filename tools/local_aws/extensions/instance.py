"""AWS::EC2::Instance: a record in EC2 whose machine the fleet runs, honouring its CreationPolicy."""

import base64
from typing import Any

from local_aws.client import client
from local_aws.machines import user_data
from local_aws.machines.fleet import Fleet
from local_aws.ministack import records, resources

RESOURCE_TYPE = "AWS::EC2::Instance"

Instance = dict[str, Any]


def install(fleet: Fleet) -> None:
    """Add the resource."""

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        ec2 = client("ec2", fleet.endpoint, records.account_id())
        launched = ec2.run_instances(**launch_request(props))["Instances"][0]
        instance_id = launched["InstanceId"]
        record = _record(instance_id)
        policy = resources.resource_definition(stack_name, logical_id).get("CreationPolicy") or {}
        try:
            # Says what is wrong with it now, as nobody would ever signal.
            user_data.read(record["UserData"])
            if "ResourceSignal" in policy:
                resources.wait_for_signals(stack_name, logical_id, RESOURCE_TYPE, policy["ResourceSignal"] or {})
        except Exception as error:
            reason = fleet.failure(instance_id)
            ec2.terminate_instances(InstanceIds=[instance_id])
            raise ValueError(_explain(error, reason)) from error
        return instance_id, _attributes(record)

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], _stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        ec2 = client("ec2", fleet.endpoint, records.account_id())
        record = _record(physical_id)
        gone = {tag["Key"] for tag in old.get("Tags", [])} - {tag["Key"] for tag in new.get("Tags", [])}
        if gone:
            ec2.delete_tags(Resources=[physical_id], Tags=[{"Key": key} for key in sorted(gone)])
        if new.get("Tags"):
            ec2.create_tags(Resources=[physical_id], Tags=new["Tags"])
        record["InstanceType"] = new.get("InstanceType", record["InstanceType"])
        if new.get("UserData") != old.get("UserData"):
            # As on AWS a machine reads its user data once, when it is new.
            record["UserData"] = new.get("UserData", "")
        return physical_id, _attributes(record)

    def delete(physical_id: str, _props: dict[str, Any]) -> None:
        client("ec2", fleet.endpoint, records.account_id()).terminate_instances(InstanceIds=[physical_id])

    resources.add_resource(RESOURCE_TYPE, create=create, update=update, delete=delete)


def launch_request(props: dict[str, Any]) -> dict[str, Any]:
    """Turn a template's properties into EC2's RunInstances request."""
    request = {
        "LaunchTemplate": props.get("LaunchTemplate"),
        "ImageId": props.get("ImageId"),
        "InstanceType": props.get("InstanceType"),
        "KeyName": props.get("KeyName"),
        "SubnetId": props.get("SubnetId"),
        "SecurityGroupIds": props.get("SecurityGroupIds"),
        "PrivateIpAddress": props.get("PrivateIpAddress"),
        "NetworkInterfaces": [_interface(interface) for interface in props.get("NetworkInterfaces", [])],
        "BlockDeviceMappings": [_device(mapping) for mapping in props.get("BlockDeviceMappings", [])],
        # The client encodes it again.
        "UserData": base64.b64decode(props.get("UserData", "")),
        "MinCount": 1,
        "MaxCount": 1,
    }
    if props.get("IamInstanceProfile"):
        # MiniStack's Ref of a profile is its ARN, where the AWS one is its name.
        kind = "Arn" if props["IamInstanceProfile"].startswith("arn:") else "Name"
        request["IamInstanceProfile"] = {kind: props["IamInstanceProfile"]}
    if props.get("Tags"):
        request["TagSpecifications"] = [{"ResourceType": "instance", "Tags": props["Tags"]}]
    return {name: value for name, value in request.items() if value}


def _interface(interface: dict[str, Any]) -> dict[str, Any]:
    """Keep of an interface what a record shows. CloudFormation's numbers may be text."""
    kept = {"DeviceIndex": int(interface.get("DeviceIndex", 0))}
    names = {"SubnetId": "SubnetId", "GroupSet": "Groups"}
    return kept | {ours: interface[theirs] for theirs, ours in names.items() if interface.get(theirs)}


def _device(mapping: dict[str, Any]) -> dict[str, Any]:
    """Keep of a disk what a record shows."""
    wanted = mapping.get("Ebs", {})
    disk: dict[str, Any] = {"Encrypted": str(wanted.get("Encrypted", False)).lower() == "true"}
    if "VolumeSize" in wanted:
        disk["VolumeSize"] = int(wanted["VolumeSize"])
    if "VolumeType" in wanted:
        disk["VolumeType"] = wanted["VolumeType"]
    return {"DeviceName": mapping["DeviceName"], "Ebs": disk}


def _record(instance_id: str) -> Instance:
    return next(record for key, record in records.instances().items() if key[2] == instance_id)


def _attributes(record: Instance) -> dict[str, Any]:
    return {
        "InstanceId": record["InstanceId"],
        "AvailabilityZone": record["Placement"]["AvailabilityZone"],
        "PrivateDnsName": record["PrivateDnsName"],
        "PrivateIp": record["PrivateIpAddress"],
        "PublicDnsName": record["PublicDnsName"],
        "PublicIp": record["PublicIpAddress"],
        "VpcId": record["VpcId"],
    }


def _explain(error: Exception, reason: str | None) -> str:
    return f"The machine did not come up: {reason}" if reason else str(error).replace("WaitCondition", "Instance")
