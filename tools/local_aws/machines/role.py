"""A machine's role: what runs on it has that role's rights, and no others."""

from typing import Any

from local_aws.client import client
from local_aws.ministack import records, rights

# Of a machine without a role, or with one that EC2 may not take.
NO_KEY = rights.Key("none", "none")


def credentials(instance_id: str) -> tuple[str, rights.Key] | None:
    """Give an instance its role's name and key."""
    for (account, _, name), record in records.instances().items():
        profile = (record.get("IamInstanceProfile") or {}).get("Arn", "").rpartition("/")[2]
        role = rights.role_of_profile(account, profile) if name == instance_id else None
        key = rights.assume(account, role, "ec2.amazonaws.com", instance_id) if role else None
        if role and key:
            return role, key
    return None


def client_of(instance_id: str, service: str, endpoint: str) -> Any:
    """Make a client that signs as what runs on this instance does."""
    found = credentials(instance_id)
    key = found[1] if found else NO_KEY
    return client(service, endpoint, key.id, key.secret, key.token)


def metadata_url(endpoint: str, instance_id: str) -> str:
    """Tell where this instance reaches its metadata service."""
    return f"{endpoint}/_machines/{instance_id}/"
