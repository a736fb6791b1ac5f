"""AWS::EC2::EIP and AWS::EC2::EIPAssociation, over EC2's own calls."""

from typing import Any

from local_aws.client import client
from local_aws.extensions.instance import retag
from local_aws.ministack import records, resources
from local_aws.ministack.resources import Made, Properties


def install(endpoint: str) -> None:
    """Add both resources."""

    def ec2() -> Any:
        return client("ec2", endpoint, records.account_id())

    def create(_logical_id: str, props: Properties, _stack_name: str) -> Made:
        tags = props.get("Tags")
        specifications = [{"ResourceType": "elastic-ip", "Tags": tags}] if tags else []
        allocated = ec2().allocate_address(Domain="vpc", TagSpecifications=specifications)
        if props.get("InstanceId"):
            try:
                ec2().associate_address(AllocationId=allocated["AllocationId"], InstanceId=props["InstanceId"])
            except Exception:
                ec2().release_address(AllocationId=allocated["AllocationId"])
                raise
        return allocated["PublicIp"], _attributes(allocated)

    def update(physical_id: str, old: Properties, new: Properties, _stack_name: str) -> Made:
        address = _find(ec2(), physical_id)
        if new.get("InstanceId") and new["InstanceId"] != old.get("InstanceId"):
            ec2().associate_address(AllocationId=address["AllocationId"], InstanceId=new["InstanceId"])
        elif old.get("InstanceId") and not new.get("InstanceId"):
            ec2().disassociate_address(AssociationId=address["AssociationId"])
        retag(ec2(), address["AllocationId"], old, new)
        return physical_id, _attributes(address)

    def delete(physical_id: str, _props: Properties) -> None:
        address = _find(ec2(), physical_id)
        if address.get("AssociationId"):
            ec2().disassociate_address(AssociationId=address["AssociationId"])
        ec2().release_address(AllocationId=address["AllocationId"])

    def associate(_logical_id: str, props: Properties, _stack_name: str) -> Made:
        allocation = props.get("AllocationId") or _find(ec2(), props["EIP"])["AllocationId"]
        made = ec2().associate_address(AllocationId=allocation, InstanceId=props["InstanceId"])
        return made["AssociationId"], {"Id": made["AssociationId"]}

    def disassociate(physical_id: str, _props: Properties) -> None:
        ec2().disassociate_address(AssociationId=physical_id)

    resources.add_resource("AWS::EC2::EIP", create=create, update=update, delete=delete)
    resources.add_resource("AWS::EC2::EIPAssociation", create=associate, delete=disassociate)


def _find(ec2: Any, public_ip: str) -> Properties:
    addresses: list[Properties] = ec2.describe_addresses()["Addresses"]
    for address in addresses:
        if address["PublicIp"] == public_ip:
            return address
    raise ValueError(f"the Elastic IP {public_ip} is not in this account: it was released by hand")


def _attributes(address: Properties) -> Properties:
    return {name: address[name] for name in ("AllocationId", "PublicIp")}
