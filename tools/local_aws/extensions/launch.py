"""RunInstances in full: MiniStack's knows no launch template, no network interface and no image by its parameter."""

import asyncio
import re
from typing import Any

from botocore.exceptions import ClientError

from local_aws.client import client
from local_aws.extensions import launch_refusals, launch_template, public_images
from local_aws.extensions.launch_refusals import RefusedError
from local_aws.ministack import calls, records
from local_aws.ministack.calls import Asked

BY_PARAMETER = "resolve:ssm:"
REPLACED = ("LaunchTemplate.", "NetworkInterface.", "SecurityGroupId.", "IamInstanceProfile.", "TagSpecification.")

Data = dict[str, Any]


async def run(asked: Asked, go_on: calls.Later, endpoint: str) -> calls.Answer:
    """Answer a RunInstances call, with what MiniStack leaves out."""
    try:
        filled, wanted = await asyncio.to_thread(fill_in, asked, endpoint)
    except RefusedError as error:
        return calls.ec2_error(error.code, str(error))
    ran = await go_on(filled)
    complete(launched(ran), wanted)
    return ran


def launched(answer: calls.Answer) -> list[str]:
    """Read the new instances' ids from RunInstances' answer."""
    return re.findall(r"<instanceId>(i-\w+)<", str(answer[2]))


def fill_in(asked: Asked, endpoint: str) -> tuple[Asked, Data]:
    """Fill a RunInstances call in from its launch template, or refuse as EC2 does.

    What is answered is the call as MiniStack takes it, and all that was wanted in a launch template's form.
    """
    version = _version(asked)
    request = calls.launch_data(asked)
    wanted: Data = version.get("LaunchTemplateData", {}) | request
    launch_refusals.refuse_two_places(asked, wanted)
    interface = (wanted.get("NetworkInterfaces") or [{}])[0]
    subnet = _one(asked, "SubnetId") or interface.get("SubnetId") or records.default_subnet()
    groups = interface.get("Groups") or wanted.get("SecurityGroupIds") or []
    launch_refusals.refuse_two_networks(subnet, groups)
    filled = {
        "ImageId": _image(wanted.get("ImageId", ""), endpoint),
        "InstanceType": wanted.get("InstanceType", "m1.small"),
        "KeyName": wanted.get("KeyName"),
        "UserData": wanted.get("UserData"),
        "SubnetId": subnet,
        "TagSpecification.1.ResourceType": "instance",
    }
    for kind, value in wanted.get("IamInstanceProfile", {}).items():
        filled[f"IamInstanceProfile.{kind}"] = value
    for number, group in enumerate(groups, 1):
        filled[f"SecurityGroupId.{number}"] = group
    for number, (key, value) in enumerate(_tags(version, request).items(), 1):
        filled |= {f"TagSpecification.1.Tag.{number}.Key": key, f"TagSpecification.1.Tag.{number}.Value": value}
    kept = {name: values for name, values in asked.items() if not name.startswith(REPLACED)}
    return kept | {name: [value] for name, value in filled.items() if value}, wanted


def complete(instance_ids: list[str], wanted: Data) -> None:
    """Write what MiniStack leaves out into new records: the zone, the image's architecture, the root volume."""
    for record in [records.own_instances[one] for one in instance_ids]:
        record["PublicDnsName"] = ""
        if zone := records.zone(record["SubnetId"]):
            record["Placement"]["AvailabilityZone"] = zone
        image = public_images.find(record["ImageId"])
        if image:
            record["Architecture"] = image.architecture
            record["RootDeviceName"] = image.root_device
        for mapping in wanted.get("BlockDeviceMappings", []):
            if mapping.get("DeviceName") == record["RootDeviceName"]:
                _complete_volumes(record["InstanceId"], mapping.get("Ebs", {}))


def _complete_volumes(instance_id: str, wanted: Data) -> None:
    for volume in records.volumes().values():
        if any(attached["InstanceId"] == instance_id for attached in volume["Attachments"]):
            volume["Size"] = int(wanted.get("VolumeSize", volume["Size"]))
            volume["VolumeType"] = wanted.get("VolumeType", volume["VolumeType"])
            volume["Encrypted"] = str(wanted.get("Encrypted", False)).lower() == "true"


def _version(asked: Asked) -> Data:
    prefix = "LaunchTemplate."
    named = {name.removeprefix(prefix): values[0] for name, values in asked.items() if name.startswith(prefix)}
    return launch_template.find(named) if named else {}


def _image(image_id: str, endpoint: str) -> str:
    if not image_id.startswith(BY_PARAMETER):
        return image_id
    name = image_id.removeprefix(BY_PARAMETER)
    try:
        ssm = client("ssm", endpoint, records.account_id())
        value: str = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        raise RefusedError("SsmInvalidParameter", f"ImageId is {image_id!r}: {error}") from error
    return value


def _tags(version: Data, request: Data) -> dict[str, str]:
    """Gather an instance's tags: the template's, the call's over them, and EC2's own."""
    specifications = [
        specification
        for source in (version.get("LaunchTemplateData", {}), request)
        for specification in source.get("TagSpecifications", [])
        if specification["ResourceType"] == "instance"
    ]
    tags = {tag["Key"]: tag["Value"] for specification in specifications for tag in specification["Tags"]}
    if version:
        tags["aws:ec2launchtemplate:id"] = version["LaunchTemplateId"]
        tags["aws:ec2launchtemplate:version"] = str(version["VersionNumber"])
    return tags


def _one(asked: Asked, name: str) -> str:
    return asked.get(name, [""])[0]
