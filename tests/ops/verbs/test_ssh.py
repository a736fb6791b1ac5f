"""ssh: the right user, key and options, and why it can't work."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from ops.cloud import login
from tests.ops.fake_aws import INSTANCE, FakeAws, Ops
from tests.ops.verbs.test_key import PEM_TEXT

AMAZON = "al2023-ami-2023.9.20251105.0-kernel-6.12-arm64"


def deployed(aws: FakeAws, image: str = AMAZON, ssh_from: tuple[str, ...] = ("203.0.113.7/32",)) -> None:
    aws.deployment()
    aws.machine()
    aws.key_pair()
    aws.expect("ec2", "describe_images", {"Images": [{"ImageId": "ami-1", "Name": image}]}, ImageIds=["ami-1"])
    aws.doors(p8501=["198.51.100.0/24"], **({"p22": list(ssh_from)} if ssh_from else {}))


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "the-pair.pem"
    path.write_text(PEM_TEXT)
    path.chmod(0o400)
    return path


@pytest.fixture
def _answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "answers", lambda host, port: (host, port) == ("203.0.113.5", 22))


@pytest.mark.usefixtures("_answers")
def test_the_command(aws: FakeAws, ops: Ops, pem: Path) -> None:
    deployed(aws)
    result = ops("ssh", "--print", "--folder", str(pem.parent))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"ssh -o IdentityFile={pem} -o IdentitiesOnly=yes -o HostKeyAlias={INSTANCE} "
        "-o StrictHostKeyChecking=accept-new ec2-user@203.0.113.5\n"
    )


@pytest.fixture
def lab(aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Deploy with a lab's own key pair, and give the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    aws.deployment(key="vockey")
    aws.machine()
    aws.expect("ec2", "describe_images", {"Images": [{"ImageId": "ami-1", "Name": AMAZON}]}, ImageIds=["ami-1"])
    aws.doors(p22=["203.0.113.7/32"])
    return tmp_path


@pytest.mark.usefixtures("_answers")
def test_a_labs_key_is_used_where_it_was_downloaded(ops: Ops, lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lab / "Downloads").mkdir()
    key = lab / "Downloads" / "labsuser.pem"
    key.write_text(PEM_TEXT)
    key.chmod(0o644)
    started: list[str] = []
    monkeypatch.setattr("os.execvp", lambda _, words: started.extend(words))
    assert ops("ssh").exit_code == 0
    assert f"IdentityFile={key}" in started
    assert key.stat().st_mode & 0o777 == 0o400


@pytest.mark.usefixtures("_answers", "lab")
def test_a_labs_key_that_was_not_downloaded(ops: Ops) -> None:
    result = ops("ssh")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: no labsuser.pem in ")


@pytest.mark.usefixtures("_answers")
def test_a_labs_key_that_was_not_downloaded_is_named_beside_the_command(ops: Ops, lab: Path) -> None:
    result = ops("ssh", "--print")
    assert result.exit_code == 0
    assert f", {lab}/Downloads, {lab}/.ssh: download it on the lab's page" in result.stderr


@pytest.mark.usefixtures("_answers")
def test_the_block_for_ssh_config_is_what_ssh_understands(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    folder = tmp_path / "my keys"
    folder.mkdir()
    (folder / "the-pair.pem").write_text(PEM_TEXT)
    deployed(aws)
    result = ops("ssh", "--config", "--folder", str(folder))
    config = tmp_path / "config"
    config.write_text(result.stdout)
    read = subprocess.run(["ssh", "-F", config, "-G", "streamlit"], capture_output=True, text=True, check=True).stdout
    understood = dict(line.split(" ", 1) for line in read.splitlines())
    assert understood["hostname"] == "203.0.113.5"
    assert understood["user"] == "ec2-user"
    assert understood["identityfile"] == str(folder / "the-pair.pem")
    assert understood["hostkeyalias"] == INSTANCE
    assert understood["stricthostkeychecking"] == "accept-new"


@pytest.mark.usefixtures("_answers")
@pytest.mark.parametrize(
    ("image", "user"),
    [
        (AMAZON, "ec2-user"),
        ("amzn2-ami-hvm-2.0-x86_64-gp2", "ec2-user"),
        ("ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server", "ubuntu"),
        ("debian-12-arm64-20250101", "admin"),
        ("RHEL-9.4.0_HVM-arm64", "ec2-user"),
        ("Fedora-Cloud-Base-41", "fedora"),
        ("bitnami-wordpress-debian-12", "bitnami"),
    ],
)
def test_the_user_is_that_of_the_image(aws: FakeAws, ops: Ops, pem: Path, image: str, user: str) -> None:
    deployed(aws, image=image)
    assert json.loads(ops("ssh", "--json", "--folder", str(pem.parent)).stdout)["user"] == user


@pytest.mark.usefixtures("_answers")
def test_an_image_that_was_withdrawn_is_taken_for_amazon_linux(aws: FakeAws, ops: Ops, pem: Path) -> None:
    aws.deployment()
    aws.machine()
    aws.key_pair()
    aws.refuse("ec2", "describe_images", "InvalidAMIID.NotFound")
    aws.doors(p22=["203.0.113.7/32"])
    assert "ec2-user@" in ops("ssh", "--print", "--folder", str(pem.parent)).stdout


@pytest.mark.usefixtures("_answers")
def test_it_fetches_the_key_and_becomes_ssh(
    aws: FakeAws, ops: Ops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execvp", lambda _, command: became.append(command))
    deployed(aws)
    aws.private_key(PEM_TEXT)
    aws.private_key(PEM_TEXT)
    result = ops("ssh", "--folder", str(tmp_path))
    assert result.exit_code == 0, result.stderr
    assert became[0][0] == "ssh"
    assert became[0][-1] == "ec2-user@203.0.113.5"
    assert (tmp_path / "the-pair.pem").read_text() == PEM_TEXT


@pytest.mark.usefixtures("_answers")
def test_it_repairs_a_key_that_is_too_open(aws: FakeAws, ops: Ops, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "execvp", lambda *_: None)
    pem.chmod(0o644)
    deployed(aws)
    aws.private_key(PEM_TEXT)
    result = ops("ssh", "--folder", str(pem.parent))
    assert result.exit_code == 0
    assert pem.stat().st_mode & 0o777 == 0o400


@pytest.mark.usefixtures("_answers")
def test_an_imported_pair_leaves_the_key_to_ssh(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    deployed(aws)
    aws.refuse("ssm", "get_parameter", "ParameterNotFound")
    assert "IdentityFile" not in ops("ssh", "--print", "--folder", str(tmp_path)).stdout


def test_a_closed_port_is_told_with_the_deploy_that_opens_it(aws: FakeAws, ops: Ops, pem: Path) -> None:
    deployed(aws, ssh_from=())
    result = ops("ssh", "--folder", str(pem.parent))
    assert result.exit_code == 1
    assert "port 22 is open to nobody" in result.stderr
    assert "`make deploy WEB_FROM=198.51.100.0/24 SSH_FROM=my-ip`" in result.stderr
    assert f"`python -m ops session --machine {INSTANCE}`" in result.stderr


def test_a_port_that_does_not_answer_is_told(
    aws: FakeAws, ops: Ops, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "answers", lambda *_: False)
    deployed(aws)
    result = ops("ssh", "--folder", str(pem.parent))
    assert result.exit_code == 1
    assert "does not answer from here; it is open to 203.0.113.7/32" in result.stderr
    assert "SSH_FROM=203.0.113.7/32,my-ip" in result.stderr


@pytest.mark.usefixtures("_answers")
def test_a_laptop_without_ssh_is_told(aws: FakeAws, ops: Ops, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    deployed(aws)
    result = ops("ssh", "--folder", str(pem.parent))
    assert result.exit_code == 1
    assert "ssh is not installed: `apt-get install openssh-client`" in result.stderr


def test_a_stopped_machine_is_told(aws: FakeAws, ops: Ops, pem: Path) -> None:
    aws.deployment()
    aws.machine("stopped")
    aws.key_pair()
    aws.expect("ec2", "describe_images", {"Images": []}, ImageIds=["ami-1"])
    result = ops("ssh", "--folder", str(pem.parent))
    assert result.exit_code == 1
    assert "is stopped: `python -m ops start`" in result.stderr
