"""The key pair of a machine: a new one, or the caller's own public key."""

import hashlib
from typing import cast

from aws_cdk import Aws, Fn, Names, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

PUBLIC_KEY_TYPES = ("ssh-ed25519", "ssh-rsa")


def define_key_pair(scope: Construct, construct_id: str, *, public_key_material: str | None) -> ec2.KeyPair:
    """Define an ED25519 key pair whose private half is in Parameter Store only, or import a public key.

    The name must be unique in the account: were it one that the user has already, a rollback would delete theirs.
    The stack's own id is in it, and the public key's digest, as a changed key needs a new name.
    """
    digest = ""
    if public_key_material is not None:
        _check_public_key(public_key_material)
        digest = "-" + hashlib.sha256(public_key_material.encode()).hexdigest()[:8]
    stack_guid = Fn.select(2, Fn.split("/", Aws.STACK_ID))
    name = f"{Names.unique_resource_name(scope, max_length=100)}{digest}-{stack_guid}"
    key_pair = ec2.KeyPair(
        scope,
        construct_id,
        key_pair_name=name,
        public_key_material=public_key_material,
        type=ec2.KeyPairType.ED25519 if public_key_material is None else None,
    )
    # Tags of a key pair are create-only: a changed tag would ask for a second pair of the same name, which fails.
    cast(ec2.CfnKeyPair, key_pair.node.default_child).add_property_deletion_override("Tags")
    return key_pair


def _check_public_key(material: str) -> None:
    if Token.is_unresolved(material):
        raise ValueError(
            "public_key_material is unknown before the deploy, and its digest is part of the key pair's name: "
            "pass the text itself"
        )
    # The value itself stays out of the message: it may be a private key, pasted by mistake.
    if "PRIVATE KEY" in material:
        raise ValueError(
            "public_key_material holds a private key, which must never leave your laptop: "
            "pass the content of the .pub file beside it"
        )
    words = material.split()
    if len(words) < 2 or words[0] not in PUBLIC_KEY_TYPES:
        raise ValueError(
            f"public_key_material does not begin with {' or '.join(PUBLIC_KEY_TYPES)}: "
            "pass the content of a .pub file, such as ~/.ssh/id_ed25519.pub"
        )
