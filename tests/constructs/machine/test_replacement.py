"""Which changes make a new machine, which must be healthy before the old one goes, and which don't."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack, Tags
from aws_cdk import aws_ec2 as ec2

from data_compute import UBUNTU_24_04, StreamlitServer
from data_compute.streamlit_server.server import MACHINE_FILES
from tests.constructs.servers import DefineServer, instance_of
from tests.templates import resources, synthesized


def logical_id(server: StreamlitServer) -> str:
    (found,) = resources(synthesized(Stack.of(server)), "AWS::EC2::Instance")
    return found


def changed_copy(app: Path, to: Path) -> Path:
    shutil.copytree(app, to)
    (to / "app.py").write_text("import streamlit as st\n\nst.title('Hello again')\n")
    return to


def test_the_same_server_is_the_same_machine(define: DefineServer, default_server: StreamlitServer) -> None:
    assert logical_id(define()) == logical_id(default_server)


@pytest.mark.parametrize(
    "change",
    [
        {"environment": {"GREETING": "hello"}},
        {"instance_type": ec2.InstanceType("t4g.medium")},
        {"root_volume_gib": 13},
        {"port": 8502},
        {"operating_system": UBUNTU_24_04},
        {"app_uses_role": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_setting_makes_a_new_machine(
    define: DefineServer, default_server: StreamlitServer, change: dict[str, Any]
) -> None:
    assert logical_id(define(**change)) != logical_id(default_server)


def test_a_changed_app_makes_a_new_machine(
    define: DefineServer, default_server: StreamlitServer, app_folder: Path, tmp_path: Path
) -> None:
    assert logical_id(define(app=changed_copy(app_folder, tmp_path / "app"))) != logical_id(default_server)


def test_another_entry_file_makes_a_new_machine(define: DefineServer, app_folder: Path, tmp_path: Path) -> None:
    app = shutil.copytree(app_folder, tmp_path / "app")
    (app / "other.py").touch()

    assert logical_id(define(app=app)) != logical_id(define(app=app, entry_file="other.py"))


def test_a_changed_boot_script_makes_a_new_machine(
    define: DefineServer, default_server: StreamlitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = shutil.copytree(MACHINE_FILES, tmp_path / "machine")
    with (changed / "boot.sh").open("a") as script:
        script.write("# changed\n")
    monkeypatch.setattr("data_compute.streamlit_server.server.MACHINE_FILES", changed)

    assert logical_id(define()) != logical_id(default_server)


def test_doors_and_tags_leave_the_machine_as_it_is(define: DefineServer, default_server: StreamlitServer) -> None:
    server = define()
    server.allow_web_from(ec2.Peer.any_ipv4())
    server.allow_ssh_from(ec2.Peer.ipv4("203.0.113.7/32"))
    Tags.of(server).add("team", "data")

    assert logical_id(server) == logical_id(default_server)
    before, after = instance_of(default_server), instance_of(server)
    assert after | {"Tags": before["Tags"]} == before
