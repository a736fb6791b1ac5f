"""AWS::EC2::Instance: a record in EC2 whose machine the fleet runs, honouring its CreationPolicy."""

import base64
from typing import Any

from local_aws.cloud import client
from local_aws.extensions import inside, public_images
from local_aws.machines import user_data
from local_aws.machines.fleet import Fleet

RESOURCE_TYPE = "AWS::EC2::Instance"
REPLACED_BY = (
    "AvailabilityZone",
    # Only on a condition: unless no more than DeleteOnTermination changes.
    "BlockDeviceMappings",
    "CpuOptions",
    "ElasticGpuSpecifications",
    "ElasticInferenceAccelerators",
    "EnclaveOptions",
    "HibernationOptions",
    "HostResourceGroupArn",
    "ImageId",
    "Ipv6AddressCount",
    "Ipv6Addresses",
    "KeyName",
    "LaunchTemplate",
    "LicenseSpecifications",
    "NetworkInterfaces",
    "PlacementGroupName",
    "PrivateIpAddress",
    "SecurityGroups",
    "SubnetId",
)

Instance = dict[str, Any]


def install(fleet: Fleet) -> None:
    """Add the resource."""

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        # Says what is wrong with it now, as nobody would ever signal.
        user_data.read(props.get("UserData", ""))
        ec2 = client("ec2", fleet.endpoint, inside.account_id())
        launched = ec2.run_instances(**launch_request(props))["Instances"][0]
        instance_id = launched["InstanceId"]
        record = _record(instance_id)
        _complete(record, props)
        policy = inside.resource_definition(stack_name, logical_id).get("CreationPolicy") or {}
        if "ResourceSignal" in policy:
            try:
                inside.wait_for_signals(stack_name, logical_id, RESOURCE_TYPE, policy["ResourceSignal"] or {})
            except Exception as error:
                reason = fleet.failure(instance_id)
                ec2.terminate_instances(InstanceIds=[instance_id])
                raise ValueError(_explain(error, reason)) from error
        return instance_id, _attributes(record)

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], _stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        ec2 = client("ec2", fleet.endpoint, inside.account_id())
        record = _record(physical_id)
        gone = {tag["Key"] for tag in old.get("Tags", [])} - {tag["Key"] for tag in new.get("Tags", [])}
        if gone:
            ec2.delete_tags(Resources=[physical_id], Tags=[{"Key": key} for key in sorted(gone)])
        if new.get("Tags"):
            ec2.create_tags(Resources=[physical_id], Tags=new["Tags"])
        record["InstanceType"] = new.get("InstanceType", record["InstanceType"])
        # As on AWS a machine reads its user data once, when it is new.
        record["UserData"] = new.get("UserData", "")
        return physical_id, _attributes(record)

    def delete(physical_id: str, _props: dict[str, Any]) -> None:
        client("ec2", fleet.endpoint, inside.account_id()).terminate_instances(InstanceIds=[physical_id])

    inside.add_resource(RESOURCE_TYPE, create=create, update=update, delete=delete, replaced_by=REPLACED_BY)


def launch_request(props: dict[str, Any]) -> dict[str, Any]:
    """Turn a template's properties into EC2's RunInstances request."""
    interface = (props.get("NetworkInterfaces") or [{}])[0]
    request = {
        "ImageId": props.get("ImageId"),
        "InstanceType": props.get("InstanceType", "m1.small"),
        "KeyName": props.get("KeyName"),
        "SubnetId": props.get("SubnetId") or interface.get("SubnetId"),
        "SecurityGroupIds": props.get("SecurityGroupIds") or interface.get("GroupSet"),
        "PrivateIpAddress": props.get("PrivateIpAddress"),
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


def _record(instance_id: str) -> Instance:
    return next(record for key, record in inside.instances().items() if key[2] == instance_id)


def _complete(record: Instance, props: dict[str, Any]) -> None:
    """Write what RunInstances leaves out into the record: the image's architecture, the root volume, its zone."""
    image = public_images.find(record["ImageId"])
    if image:
        record["Architecture"] = image.architecture
        record["RootDeviceName"] = image.root_device
    record["PublicDnsName"] = ""
    for mapping in props.get("BlockDeviceMappings", []):
        wanted = mapping.get("Ebs", {})
        for volume in _volumes(record["InstanceId"]):
            if mapping.get("DeviceName") == record["RootDeviceName"]:
                volume["Size"] = int(wanted.get("VolumeSize", volume["Size"]))
                volume["VolumeType"] = wanted.get("VolumeType", volume["VolumeType"])
                volume["Encrypted"] = str(wanted.get("Encrypted", False)).lower() == "true"


def _volumes(instance_id: str) -> list[dict[str, Any]]:
    return [
        volume
        for volume in inside.volumes().values()
        if any(attached["InstanceId"] == instance_id for attached in volume["Attachments"])
    ]


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
