"""AWS::EC2::EIP and AWS::EC2::EIPAssociation, over EC2's own calls."""

from typing import Any

from local_aws.client import client
from local_aws.ministack import records, resources

ADDRESS = "AWS::EC2::EIP"
ASSOCIATION = "AWS::EC2::EIPAssociation"


def install(endpoint: str) -> None:
    """Add both resources."""

    def ec2() -> Any:
        return client("ec2", endpoint, records.account_id())

    def create(_logical_id: str, props: dict[str, Any], _stack_name: str) -> tuple[str, dict[str, Any]]:
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

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], _stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        address = _find(ec2(), physical_id)
        if new.get("InstanceId") and new["InstanceId"] != old.get("InstanceId"):
            ec2().associate_address(AllocationId=address["AllocationId"], InstanceId=new["InstanceId"])
        elif old.get("InstanceId") and not new.get("InstanceId"):
            ec2().disassociate_address(AssociationId=address["AssociationId"])
        if new.get("Tags"):
            ec2().create_tags(Resources=[address["AllocationId"]], Tags=new["Tags"])
        return physical_id, _attributes(address)

    def delete(physical_id: str, _props: dict[str, Any]) -> None:
        address = _find(ec2(), physical_id)
        if address.get("AssociationId"):
            ec2().disassociate_address(AssociationId=address["AssociationId"])
        ec2().release_address(AllocationId=address["AllocationId"])

    def associate(_logical_id: str, props: dict[str, Any], _stack_name: str) -> tuple[str, dict[str, Any]]:
        allocation = props.get("AllocationId") or _find(ec2(), props["EIP"])["AllocationId"]
        made = ec2().associate_address(AllocationId=allocation, InstanceId=props["InstanceId"])
        return made["AssociationId"], {"Id": made["AssociationId"]}

    def keep(
        physical_id: str, _old: dict[str, Any], _new: dict[str, Any], _stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        return physical_id, {"Id": physical_id}

    def disassociate(physical_id: str, _props: dict[str, Any]) -> None:
        ec2().disassociate_address(AssociationId=physical_id)

    resources.add_resource(ADDRESS, create=create, update=update, delete=delete)
    resources.add_resource(ASSOCIATION, create=associate, update=keep, delete=disassociate)


def _find(ec2: Any, public_ip: str) -> dict[str, Any]:
    for address in ec2.describe_addresses()["Addresses"]:
        if address["PublicIp"] == public_ip:
            found: dict[str, Any] = address
            return found
    raise ValueError(f"the Elastic IP {public_ip} is not in this account: it was released by hand")


def _attributes(address: dict[str, Any]) -> dict[str, Any]:
    return {"AllocationId": address["AllocationId"], "PublicIp": address["PublicIp"]}
