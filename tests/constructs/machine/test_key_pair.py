"""No private key ever reaches a template, and none that a person has already is in danger."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import StreamlitServer
from tests.constructs.servers import DefineServer
from tests.templates import Json, properties, rendered, synthesized

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDGf2FoPcmN3zrvQ8Q5oEkn3lMCOUe4lZ8Zd3Jp5oC0k me@laptop"
RSA = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDGf2FoPcmN3zrvQ8Q5 me@laptop"
NEVER_IN_A_TEMPLATE = re.compile(
    r"PRIVATE KEY|privateKey|/ec2/keypair/|\{\{resolve:(secretsmanager|ssm-secure|ssm)", re.IGNORECASE
)
# Of every kind of private key that a person could paste, and a part of each that must not be echoed.
PRIVATE_KEYS = [
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END RSA PRIVATE KEY-----",
    "ssh-ed25519 AAAA me\n-----BEGIN PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END PRIVATE KEY-----",
    "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
]


def key_pair(server: StreamlitServer) -> Json:
    return properties(synthesized(Stack.of(server)), "AWS::EC2::KeyPair")


def test_new_pair_is_ed25519(default_server: StreamlitServer) -> None:
    found = key_pair(default_server)

    assert found == {"KeyFormat": "pem", "KeyName": found["KeyName"], "KeyType": "ed25519"}


@pytest.mark.parametrize("public_key", [None, ED25519])
def test_name_holds_the_stacks_own_id(define: DefineServer, public_key: str | None) -> None:
    *_, stack_id = key_pair(define(public_key_material=public_key))["KeyName"]["Fn::Join"][1]

    assert stack_id == {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}


def test_two_servers_of_a_stack_have_two_names(new_stack: Callable[[], Stack], app_folder: Path) -> None:
    stack = new_stack()
    for name in ("One", "Two"):
        StreamlitServer(stack, name, app=app_folder, entry_file="app.py")
    template = synthesized(stack)

    names = [
        json.dumps(found["Properties"]["KeyName"])
        for found in template["Resources"].values()
        if found["Type"] == "AWS::EC2::KeyPair"
    ]
    assert len(set(names)) == 2


@pytest.mark.parametrize("public_key", [ED25519, RSA, ED25519 + "\n"])
def test_own_public_key_is_all_that_aws_gets(define: DefineServer, public_key: str) -> None:
    found = key_pair(define(public_key_material=public_key))

    # The CDK writes a format and a type as well, which CloudFormation ignores beside a public key.
    ignored = {"KeyFormat": "pem", "KeyType": "rsa"}
    assert found == ignored | {"KeyName": found["KeyName"], "PublicKeyMaterial": public_key}


def test_another_public_key_makes_another_pair(define: DefineServer) -> None:
    # A key pair cannot change, and its name can be taken only once, so a new key needs a new name.
    first, again, other = (key_pair(define(public_key_material=key))["KeyName"] for key in (ED25519, ED25519, RSA))

    assert first == again
    assert first != other


@pytest.mark.parametrize("public_key", [None, ED25519])
def test_no_private_key_is_in_the_template_or_referred_to(define: DefineServer, public_key: str | None) -> None:
    template = synthesized(Stack.of(define(public_key_material=public_key)))

    assert not NEVER_IN_A_TEMPLATE.search(json.dumps(template))


def test_the_check_above_sees_a_private_key(new_stack: Callable[[], Stack], app_folder: Path) -> None:
    server = StreamlitServer(new_stack(), "Server", app=app_folder, entry_file="app.py")
    assert isinstance(server.key_pair, ec2.KeyPair)

    parameter = Stack.of(server).resolve(server.key_pair.private_key.parameter_name)

    assert NEVER_IN_A_TEMPLATE.search(rendered(parameter))


@pytest.mark.parametrize("private_key", PRIVATE_KEYS, ids=["openssh", "rsa", "both", "putty"])
def test_a_pasted_private_key_is_refused_and_not_repeated(define: DefineServer, private_key: str) -> None:
    with pytest.raises(ValueError, match=r"public_key_material .*pass the content of .*\.pub") as refused:
        define(public_key_material=private_key)

    assert "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "ssh-ed25519", "ecdsa-sha2-nistp256 AAAA me", "~/.ssh/id_ed25519.pub", "AAAA"])
def test_what_is_no_public_key_is_refused(define: DefineServer, text: str) -> None:
    message = r"public_key_material does not begin with ssh-ed25519 or ssh-rsa: pass the content of a \.pub file"

    with pytest.raises(ValueError, match=message):
        define(public_key_material=text)


def test_a_public_key_known_only_at_the_deploy_is_refused(new_stack: Callable[[], Stack], app_folder: Path) -> None:
    stack = new_stack()
    key = CfnParameter(stack, "Key").value_as_string

    with pytest.raises(ValueError, match=r"public_key_material is unknown before the deploy, .*: pass the text itself"):
        StreamlitServer(stack, "Server", app=app_folder, entry_file="app.py", public_key_material=key)
