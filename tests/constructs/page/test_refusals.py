"""What is known to be wrong before anything is deployed: each message names the value and the way out."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_ec2 as ec2

from tests.constructs.servers import DefineServer
from tests.templates import rendered, synthesized, user_data

UBUNTU = "/aws/service/canonical/ubuntu/server/noble/stable/current/{}/hvm/ebs-gp3/ami-id"
ARM, X86 = "t4g.small", "t3.small"


@pytest.mark.parametrize("port", [1024, 65535])
def test_ports_at_the_bounds(define: DefineServer, port: int) -> None:
    assert define(port=port).port == port


@pytest.mark.parametrize("port", [-1, 0, 80, 1023, 65536])
def test_ports_beyond_them(define: DefineServer, port: int) -> None:
    with pytest.raises(ValueError, match=rf"^port {port} is not between 1024 and 65535: Streamlit's own is 8501$"):
        define(port=port)


def test_a_port_known_only_at_the_deploy_is_let_through(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    server = define(stack, port=CfnParameter(stack, "Port", type="Number", default=8501).value_as_number)

    assert rendered(stack.resolve(server.url)).endswith(":${Port}")
    assert "PORT='${Port}'" in user_data(synthesized(stack)).splitlines()


def test_an_app_that_is_no_folder(define: DefineServer, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"app '.*/nowhere' is not a folder: pass the folder that holds"):
        define(app=tmp_path / "nowhere")


def test_an_entry_file_that_does_not_exist(define: DefineServer) -> None:
    with pytest.raises(ValueError, match=r"entry_file 'main\.py' does not exist in '.*', which holds app\.py$"):
        define(entry_file="main.py")


def test_an_entry_file_in_a_folder_without_any_script(define: DefineServer, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"entry_file 'app\.py' does not exist in '.*', which holds no Python file$"):
        define(app=tmp_path)


@pytest.mark.parametrize(
    "name", ["", "app", "app.txt", "/etc/app.py", "../app.py", "pages/../app.py", "-app.py", "a\nb.py"]
)
def test_an_entry_file_that_is_no_name_inside_the_app(define: DefineServer, name: str) -> None:
    with pytest.raises(
        ValueError, match=rf"^entry_file {re.escape(repr(name))} is not the name .* such as 'app\.py'; it ends in"
    ):
        define(entry_file=name)


def test_an_entry_file_in_a_folder_of_the_app(define: DefineServer, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "start.py").touch()
    (tmp_path / "requirements.txt").touch()

    server = define(app=tmp_path, entry_file="pages/start.py")

    assert "ENTRY_FILE=pages/start.py" in user_data(synthesized(Stack.of(server))).splitlines()


def test_an_entry_file_with_a_space_and_an_emoji(define: DefineServer, tmp_path: Path) -> None:
    (tmp_path / "1_👋 Hello.py").touch()
    (tmp_path / "requirements.txt").touch()

    server = define(app=tmp_path, entry_file="1_👋 Hello.py")

    assert "ENTRY_FILE='1_👋 Hello.py'" in user_data(synthesized(Stack.of(server))).splitlines()


def test_a_lock_without_hashes(define: DefineServer, tmp_path: Path) -> None:
    for name in ("app.py", "requirements.txt"):
        (tmp_path / name).touch()
    (tmp_path / "requirements.lock").write_text("streamlit==1.67.0\n")
    with pytest.raises(ValueError, match=r"requirements\.lock' has no hash for 'streamlit==1\.67\.0', which could"):
        define(app=tmp_path)


@pytest.mark.parametrize(("instance_type", "processor"), [(ARM, "aarch64"), (X86, "x86_64")])
def test_a_lock_for_another_processor(define: DefineServer, tmp_path: Path, instance_type: str, processor: str) -> None:
    (tmp_path / "app.py").touch()
    wheel = "{ name = 'x-1-cp312-cp312-macosx_11_0_arm64.whl', hashes = { sha256 = '00' } }"
    (tmp_path / "pylock.toml").write_text(f"[[packages]]\nname = 'x'\nwheels = [{wheel}]\n")
    with pytest.raises(ValueError, match=rf"pylock\.toml' has no wheel of 'x' for Python 3\.12 on {processor}, and"):
        define(app=tmp_path, instance_type=ec2.InstanceType(instance_type))


@pytest.mark.parametrize("folder", [".", "pages"])
@pytest.mark.parametrize("text", ['[server]\nbaseUrlPath = "forest"\n', 'server.baseUrlPath = "/forest/"\n'])
def test_a_page_below_a_path(define: DefineServer, tmp_path: Path, folder: str, text: str) -> None:
    (tmp_path / "requirements.txt").touch()
    (tmp_path / folder / ".streamlit").mkdir(parents=True)
    (tmp_path / folder / "app.py").touch()
    (tmp_path / folder / ".streamlit" / "config.toml").write_text(text)
    with pytest.raises(
        ValueError, match=r"config\.toml' sets server\.baseUrlPath to '/?forest/?', and the page's address"
    ):
        define(app=tmp_path, entry_file=str(Path(folder, "app.py")))


@pytest.mark.parametrize("text", ['[server]\nbaseUrlPath = ""\n', "[server]\nmaxUploadSize = 5\n", "server = 1\n"])
def test_a_page_at_the_root(define: DefineServer, tmp_path: Path, text: str) -> None:
    for name in ("app.py", "requirements.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(text)
    define(app=tmp_path)


@pytest.mark.parametrize(
    ("content", "why"), [(b"[server\n", r"Expected '\]' .*line 1, column 8"), (b"a = '\xfc'\n", "'utf-8' codec")]
)
def test_settings_that_streamlit_would_not_read(define: DefineServer, tmp_path: Path, content: bytes, why: str) -> None:
    for name in ("app.py", "requirements.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_bytes(content)
    with pytest.raises(ValueError, match=rf"config\.toml' is no TOML \({why}.*\): mend that place"):
        define(app=tmp_path)


def test_an_app_without_requirements(define: DefineServer, tmp_path: Path) -> None:
    (tmp_path / "app.py").touch()

    with pytest.raises(ValueError, match=r"app '.*' has no requirements\.txt: add one with the line streamlit, and"):
        define(app=tmp_path)


@pytest.mark.parametrize(
    ("instance_type", "parameter", "wrong"),
    [
        (ARM, UBUNTU.format("amd64"), "X86_64"),
        (X86, UBUNTU.format("arm64"), "ARM_64"),
        (ARM, "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "X86_64"),
        (X86, "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", "ARM_64"),
    ],
)
def test_an_image_for_the_other_processor(define: DefineServer, instance_type: str, parameter: str, wrong: str) -> None:
    right = {"X86_64": "ARM_64", "ARM_64": "X86_64"}[wrong]
    expected = (
        f"instance_type {instance_type} has {right} processors, but the machine image {parameter} is for {wrong}: "
        "choose one that matches the other"
    )

    with pytest.raises(ValueError, match=re.escape(expected)):
        define(
            instance_type=ec2.InstanceType(instance_type),
            machine_image=ec2.MachineImage.from_ssm_parameter(parameter),
        )


@pytest.mark.parametrize(("instance_type", "processor"), [(ARM, "arm64"), (X86, "amd64")])
def test_an_image_for_the_same_processor(define: DefineServer, instance_type: str, processor: str) -> None:
    image = ec2.MachineImage.from_ssm_parameter(UBUNTU.format(processor))

    define(instance_type=ec2.InstanceType(instance_type), machine_image=image)


@pytest.mark.parametrize("instance_type", [ARM, X86])
def test_an_image_that_does_not_say_its_processor(define: DefineServer, instance_type: str) -> None:
    image = ec2.MachineImage.generic_linux({"eu-central-1": "ami-0123456789abcdef0"})

    define(instance_type=ec2.InstanceType(instance_type), machine_image=image)


def test_an_amazon_image_of_the_cdk_for_the_other_processor(define: DefineServer) -> None:
    with pytest.raises(
        ValueError, match=r"instance_type t4g\.small has ARM_64 processors, but the machine image .*x86_64"
    ):
        define(machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.X86_64))


def test_two_key_pairs(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    theirs = ec2.KeyPair.from_key_pair_name(stack, "Theirs", "their-key")

    with pytest.raises(ValueError, match=r"key_pair and public_key_material are both given: .* pass one"):
        define(stack, key_pair=theirs, public_key_material="ssh-ed25519 AAAA me@laptop")


@pytest.mark.parametrize("zone", [-1, 2])
def test_a_zone_without_a_subnet(define: DefineServer, zone: int) -> None:
    with pytest.raises(ValueError, match=rf"^zone is {zone}, and there are 2 subnets to stand in, counted from 0$"):
        define(zone=zone)


@pytest.mark.parametrize("gib", [0, 7, 16_385])
def test_a_disk_on_which_nothing_fits_is_refused(define: DefineServer, gib: int) -> None:
    with pytest.raises(ValueError, match=rf"^root_volume_gib {gib} is not between 8 and 16,384: 12 is the default$"):
        define(root_volume_gib=gib)


def test_a_machine_too_small_to_boot_is_refused(define: DefineServer) -> None:
    with pytest.raises(ValueError, match=r"^instance_type t4g\.nano has 512 MB .*: t4g\.micro is the smallest"):
        define(instance_type=ec2.InstanceType("t4g.nano"))
    define(instance_type=ec2.InstanceType("t4g.micro"))


def test_an_instance_type_in_quotes_is_refused(define: DefineServer) -> None:
    with pytest.raises(ValueError, match=r"^instance_type is 't4g\.small': pass ec2\.InstanceType\('t4g\.small'\), or"):
        define(instance_type="t4g.small")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"port": "8501"}, "port is '8501': pass a whole number, without quotes"),
        ({"port": 8501.5}, "port is 8501.5: pass a whole number, without quotes"),
        ({"root_volume_gib": "12"}, "root_volume_gib is '12': pass a whole number, without quotes"),
        ({"environment": {"NUMBER": 5}}, "environment NUMBER is 5: pass a text, such as '5'"),
        ({"operating_system": "ubuntu"}, "operating_system is 'ubuntu': pass AMAZON_LINUX_2023 or UBUNTU_24_04"),
        ({"role": "arn"}, "role is 'arn': pass iam.Role.from_role_arn(self, 'Role', 'arn')"),
    ],
)
def test_an_argument_of_another_kind_is_refused_by_name(
    define: DefineServer, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        define(**arguments)


def test_a_peer_in_quotes_is_refused(define: DefineServer) -> None:
    server, message = define(), r"^peer is '10\.0\.0\.0/8': pass ec2\.Peer\.ipv4\('203\.0\.113\.7/32'\), or another"
    for open_to in (server.allow_web_from, server.allow_ssh_from):
        with pytest.raises(ValueError, match=message):
            open_to(cast(ec2.IPeer, "10.0.0.0/8"))
        with pytest.raises(ValueError, match=r"^peer is None: pass ec2\.Peer"):
            open_to(cast(ec2.IPeer, None))
