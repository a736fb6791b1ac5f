"""AWS::EC2::Instance: a record in EC2 whose machine runs on the laptop, honouring its CreationPolicy."""

import base64
from typing import Any

from local_aws.client import client
from local_aws.machines import user_data
from local_aws.machines.machines import Machines
from local_aws.ministack import records, resources, signals, stacks
from local_aws.ministack.resources import Made, Properties

RESOURCE_TYPE = "AWS::EC2::Instance"
# What RunInstances calls the same.
SAME = ("LaunchTemplate", "ImageId", "InstanceType", "KeyName", "SubnetId", "SecurityGroupIds", "PrivateIpAddress")


def install(machines: Machines) -> None:
    """Add the resource."""

    def ec2() -> Any:
        return client("ec2", machines.endpoint, records.account_id())

    def create(logical_id: str, props: Properties, stack_name: str) -> Made:
        instance_id = ec2().run_instances(**launch_request(props))["Instances"][0]["InstanceId"]
        record = _record(instance_id)
        policy = stacks.definition(stack_name, logical_id).get("CreationPolicy") or {}
        try:
            # Says what is wrong with it now, as nobody would ever signal.
            user_data.read(record["UserData"])
            if "ResourceSignal" in policy:
                signals.wait_for(stack_name, logical_id, RESOURCE_TYPE, policy["ResourceSignal"] or {})
        except Exception as error:
            reason = machines.failure(instance_id)
            ec2().terminate_instances(InstanceIds=[instance_id])
            raise ValueError(signals.why(error, [reason] if reason else [], "Instance")) from error
        return instance_id, _attributes(record)

    def update(physical_id: str, old: Properties, new: Properties, _stack_name: str) -> Made:
        retag(ec2(), physical_id, old, new)
        record = _record(physical_id)
        record["InstanceType"] = new.get("InstanceType", record["InstanceType"])
        if new.get("UserData") != old.get("UserData"):
            # As on AWS a machine reads its user data once, when it is new.
            record["UserData"] = new.get("UserData", "")
        return physical_id, _attributes(record)

    def delete(physical_id: str, _props: Properties) -> None:
        ec2().terminate_instances(InstanceIds=[physical_id])

    resources.add_resource(RESOURCE_TYPE, create=create, update=update, delete=delete)


def retag(ec2: Any, resource_id: str, old: Properties, new: Properties) -> None:
    """Give an EC2 resource its new tags."""
    gone = {tag["Key"] for tag in old.get("Tags", [])} - {tag["Key"] for tag in new.get("Tags", [])}
    if gone:
        ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in sorted(gone)])
    if new.get("Tags"):
        ec2.create_tags(Resources=[resource_id], Tags=new["Tags"])


def launch_request(props: Properties) -> Properties:
    """Turn a template's properties into EC2's RunInstances request."""
    request = {name: props.get(name) for name in SAME} | {
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


def _interface(interface: Properties) -> Properties:
    """Keep of an interface what a record shows. CloudFormation's numbers may be text."""
    kept = {"DeviceIndex": int(interface.get("DeviceIndex", 0))}
    names = {"SubnetId": "SubnetId", "GroupSet": "Groups"}
    return kept | {ours: interface[theirs] for theirs, ours in names.items() if interface.get(theirs)}


def _device(mapping: Properties) -> Properties:
    """Keep of a disk what a record shows."""
    wanted = mapping.get("Ebs", {})
    disk = {
        "Encrypted": str(wanted.get("Encrypted")).lower() == "true",
        "VolumeSize": int(wanted.get("VolumeSize", 0)),
        "VolumeType": wanted.get("VolumeType"),
    }
    return {"DeviceName": mapping["DeviceName"], "Ebs": {name: value for name, value in disk.items() if value}}


def _record(instance_id: str) -> Properties:
    return next(record for key, record in records.instances().items() if key[2] == instance_id)


def _attributes(record: Properties) -> Properties:
    return {name: record[name] for name in ("InstanceId", "PrivateDnsName", "PublicDnsName", "VpcId")} | {
        "AvailabilityZone": record["Placement"]["AvailabilityZone"],
        "PrivateIp": record["PrivateIpAddress"],
        "PublicIp": record["PublicIpAddress"],
    }
