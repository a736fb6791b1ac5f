"""Key pairs are real, and their fingerprints are the ones that EC2 shows."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from local_aws.extensions.key_pair import create_key, import_key, parameter_name

# GitHub publishes this host key together with its fingerprint, which OpenSSH prints without padding.
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com"


def test_an_ed25519_key_is_one_that_ssh_takes() -> None:
    key = create_key("ed25519")
    assert key.private
    assert key.private.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    private = serialization.load_ssh_private_key(key.private.encode(), None)
    public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert public == key.public
    assert key.fingerprint == base64.b64encode(hashlib.sha256(base64.b64decode(public.split()[1])).digest()).decode()


def test_an_imported_ed25519_key_has_the_fingerprint_of_openssh() -> None:
    created = create_key("ed25519")
    imported = import_key(f"{created.public} me@laptop\n")
    assert (imported.key_type, imported.private) == ("ed25519", None)
    assert imported.fingerprint == created.fingerprint


def test_a_known_key_has_its_known_fingerprint() -> None:
    assert import_key(PUBLIC_KEY).fingerprint == "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU="


def test_an_rsa_key_has_the_sha1_of_its_private_half_and_the_md5_of_an_imported_one() -> None:
    created = create_key("rsa")
    assert created.private
    assert created.private.startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    private = serialization.load_pem_private_key(created.private.encode(), None)
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert created.fingerprint.replace(":", "") == hashlib.sha1(der, usedforsecurity=False).hexdigest()
    imported = import_key(created.public)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert imported.fingerprint.replace(":", "") == hashlib.md5(public, usedforsecurity=False).hexdigest()
    assert imported.key_type == "rsa"


@pytest.mark.parametrize("material", ["", "ssh-ed25519", "not a key", "ssh-ed25519 AAAA me"])
def test_says_what_a_public_key_is(material: str) -> None:
    with pytest.raises(ValueError, match="not a public key in OpenSSH's form"):
        import_key(material)


def test_says_which_kinds_there_are() -> None:
    with pytest.raises(ValueError, match="KeyType is 'dsa': use ed25519 or rsa"):
        create_key("dsa")


def test_the_private_half_lies_where_aws_puts_it() -> None:
    assert parameter_name("key-0123") == "/ec2/keypair/key-0123"
