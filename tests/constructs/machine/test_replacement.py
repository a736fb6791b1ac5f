"""Which changes make a new machine, which must be healthy before the old one goes, and which don't.

A machine is a version of its launch template, so whatever changes the template's data makes a new one.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import CfnParameter, Stack, Tags
from aws_cdk import aws_ec2 as ec2

from data_compute import UBUNTU_24_04, StreamlitServer
from tests.constructs.servers import DefineServer, instance_of
from tests.templates import Json, properties, resources, synthesized, user_data


def changed_copy(app: Path, to: Path) -> Path:
    shutil.copytree(app, to)
    (to / "app.py").write_text("import streamlit as st\n\nst.title('Hello again')\n")
    return to


def test_the_same_server_is_the_same_machine(define: DefineServer, default_server: StreamlitServer) -> None:
    assert instance_of(define()) == instance_of(default_server)


@pytest.mark.parametrize(
    "change",
    [
        {"environment": {"GREETING": "hello"}},
        {"instance_type": ec2.InstanceType("t4g.medium")},
        {"root_volume_gib": 13},
        {"port": 8502},
        {"operating_system": UBUNTU_24_04},
        {"generation": "2"},
        {"app_uses_role": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_setting_makes_a_new_machine(
    define: DefineServer, default_server: StreamlitServer, change: dict[str, Any]
) -> None:
    assert instance_of(define(**change)) != instance_of(default_server)


def test_a_changed_app_makes_a_new_machine(
    define: DefineServer, default_server: StreamlitServer, app_folder: Path, tmp_path: Path
) -> None:
    assert instance_of(define(app=changed_copy(app_folder, tmp_path / "app"))) != instance_of(default_server)


def test_another_entry_file_makes_a_new_machine(define: DefineServer, app_folder: Path, tmp_path: Path) -> None:
    app = shutil.copytree(app_folder, tmp_path / "app")
    (app / "other.py").touch()

    assert instance_of(define(app=app)) != instance_of(define(app=app, entry_file="other.py"))


def test_a_value_that_only_the_deploy_knows_is_in_the_template(
    define: DefineServer, new_stack: Callable[[], Stack]
) -> None:
    stack = new_stack()
    url = CfnParameter(stack, "Url").value_as_string
    define(stack, environment={"API_URL": url})

    assert "API_URL='${Url}'" in user_data(synthesized(stack)).splitlines()


def test_doors_and_tags_leave_the_machine_as_it_is(define: DefineServer, default_server: StreamlitServer) -> None:
    server = define()
    server.allow_web_from(ec2.Peer.any_ipv4())
    server.allow_ssh_from(ec2.Peer.ipv4("203.0.113.7/32"))
    Tags.of(Stack.of(server)).add("team", "data")
    before, after = synthesized(Stack.of(default_server)), synthesized(Stack.of(server))

    assert properties(after, "AWS::EC2::LaunchTemplate") == properties(before, "AWS::EC2::LaunchTemplate")
    assert properties(after, "AWS::EC2::KeyPair") == properties(before, "AWS::EC2::KeyPair")
    assert {"Key": "team", "Value": "data"} in properties(after, "AWS::EC2::Instance")["Tags"]


def test_the_machine_has_one_name_whatever_changes(define: DefineServer, default_server: StreamlitServer) -> None:
    def named(template: Json) -> list[str]:
        return list(resources(template, "AWS::EC2::Instance"))

    assert named(synthesized(Stack.of(define(port=8502)))) == named(synthesized(Stack.of(default_server)))
