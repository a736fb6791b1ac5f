"""AWS::EC2::KeyPair with a real key: the private half lands in Parameter Store, as AWS does it."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from local_aws.client import client
from local_aws.ministack import records, resources
from local_aws.ministack.resources import Made, Properties

RESOURCE_TYPE = "AWS::EC2::KeyPair"

PrivateKey = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
PublicKey = ed25519.Ed25519PublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class KeyMaterial:
    """A key's kind, its fingerprint as EC2 shows it, and its private half if EC2 made it."""

    key_type: str
    fingerprint: str
    public: str
    private: str | None


def create_key(key_type: str) -> KeyMaterial:
    """Make a key as EC2 makes it."""
    key: PrivateKey
    if key_type == "ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        fingerprint = _openssh_fingerprint(key.public_key())
    elif key_type == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        fingerprint = _colons(hashlib.sha1(der, usedforsecurity=False).hexdigest())
    else:
        raise ValueError(f"KeyType is {key_type!r}: use ed25519 or rsa")
    return KeyMaterial(key_type, fingerprint, _openssh(key.public_key()), private.decode())


def import_key(material: str) -> KeyMaterial:
    """Take a public key in OpenSSH's form."""
    try:
        key = serialization.load_ssh_public_key(material.strip().encode())
    except Exception as error:
        raise ValueError(f"PublicKeyMaterial is not a public key in OpenSSH's form: {error}") from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        return KeyMaterial("ed25519", _openssh_fingerprint(key), _openssh(key), None)
    if isinstance(key, rsa.RSAPublicKey):
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return KeyMaterial("rsa", _colons(hashlib.md5(der, usedforsecurity=False).hexdigest()), _openssh(key), None)
    raise ValueError("PublicKeyMaterial is neither an ED25519 nor an RSA key: EC2 takes these two")


def parameter_name(key_pair_id: str) -> str:
    """Name the parameter that holds the private half."""
    return f"/ec2/keypair/{key_pair_id}"


def install(endpoint: str) -> None:
    """Add the resource."""

    def create(logical_id: str, props: Properties, stack_name: str) -> Made:
        name = props.get("KeyName") or f"{stack_name}-{logical_id}-{uuid4().hex[:12]}"
        if name in records.key_pairs:
            raise ValueError(f"The keypair '{name}' already exists")
        imported = props.get("PublicKeyMaterial")
        if props.get("KeyFormat", "pem") != "pem":
            raise ValueError(f"KeyFormat is {props['KeyFormat']!r}: the embedded AWS makes pem only")
        key = import_key(imported) if imported else create_key(props.get("KeyType", "rsa"))
        key_pair_id = f"key-0{uuid4().hex[:16]}"
        records.key_pairs[name] = {
            "KeyName": name,
            "KeyPairId": key_pair_id,
            "KeyFingerprint": key.fingerprint,
            "KeyType": key.key_type,
            "PublicKey": key.public,
            "CreateTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "Tags": props.get("Tags", []),
        }
        if key.private:
            client("ssm", endpoint, records.account_id()).put_parameter(
                Name=parameter_name(key_pair_id), Value=key.private, Type="SecureString", Tier="Standard"
            )
        return name, {"KeyPairId": key_pair_id, "KeyFingerprint": key.fingerprint}

    def delete(physical_id: str, props: Properties) -> None:
        record = records.key_pairs.pop(physical_id, None)
        if record and not props.get("PublicKeyMaterial"):
            ssm = client("ssm", endpoint, records.account_id())
            # Whoever removed it by hand wanted it gone.
            ssm.delete_parameters(Names=[parameter_name(record["KeyPairId"])])

    resources.add_resource(RESOURCE_TYPE, create=create, delete=delete)


def _openssh(key: PublicKey) -> str:
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _openssh_fingerprint(key: PublicKey) -> str:
    blob = base64.b64decode(_openssh(key).split()[1])
    return base64.b64encode(hashlib.sha256(blob).digest()).decode()


def _colons(digest: str) -> str:
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))
