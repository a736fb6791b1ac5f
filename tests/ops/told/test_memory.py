"""deploy writes down what it was told, once it has succeeded."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.copies import write_copy
from stacks.setting import CHECKOUT
from tests.ops.fake_aws import FakeAws, Ops
from tests.ops.recorded import Recorded
from tests.stacks.variants import PUBLIC_KEY


@pytest.fixture(autouse=True)
def _nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.verbs.deploy.deployed_settings", lambda _: {})
    monkeypatch.setattr("ops.verbs.deploy.offer_removal", lambda *_, **__: None)


def told(copies: Path, copy: str = "main") -> Any:
    return json.loads((copies / f"{copy}.json").read_text())


def test_what_is_typed_is_written_over_what_was_told(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    write_copy(copies, "main", {"port": "9000", "instance_type": "t4g.medium"})
    aws.told({"port": "9001", "instance_type": "t4g.medium", "ssh_from": "pl-1"})
    result = ops("deploy", "--", *recorded.command("deploy", "-c", "port=9001", "-c", "ssh_from=pl-1"))
    assert result.exit_code == 0
    assert recorded.words == ["deploy", "-c", "port=9001", "-c", "ssh_from=pl-1"]
    assert told(copies) == {"port": "9001", "instance_type": "t4g.medium", "ssh_from": "pl-1"}
    assert result.stderr == f"{copies}/main.json: port=9001, ssh_from=pl-1; commit it\n"


def test_the_checkouts_own_folder_is_named_from_there(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.told.memory.CHECKOUT", copies.parent)
    aws.told({"port": "9000"}, copy="-alice")
    result = ops("deploy", "--", *recorded.command("-c", "port=9000", "-c", "copy=alice"))
    assert "copies/alice.json: port=9000; commit it\n" in result.stderr
    assert told(copies, "alice") == {"port": "9000"}


@pytest.mark.parametrize("typed", ["", "8501"])
def test_the_default_is_forgotten(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, typed: str) -> None:
    write_copy(copies, "main", {"port": "9000", "image": "ami-12345678"})
    aws.told({"image": "ami-12345678"})
    result = ops("deploy", "--", *recorded.command("-c", f"port={typed}"))
    assert told(copies) == {"image": "ami-12345678"}
    assert "main.json: port is the default again; commit it" in result.stderr
    assert recorded.words == ["-c", f"port={typed}"]


@pytest.mark.parametrize(
    ("typed", "remembered"),
    [("t4g.small", {"account": "lab", "instance_type": "t4g.small"}), ("t3.small", {"account": "lab"})],
)
def test_what_the_default_is_depends_on_the_account_that_was_told_before(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, typed: str, remembered: dict[str, str]
) -> None:
    write_copy(copies, "main", {"account": "lab"})
    aws.told(remembered)
    result = ops("deploy", "--", *recorded.command("-c", f"instance_type={typed}"))
    assert result.exit_code == 0
    assert "not remembered" not in result.stderr
    assert told(copies) == remembered


@pytest.mark.parametrize("words", [(), ("-c", "copy=main"), ("-c", "@aws-cdk/core:x=true")])
def test_nothing_typed_asks_and_writes_nothing(
    ops: Ops, recorded: Recorded, copies: Path, words: tuple[str, ...]
) -> None:
    result = ops("deploy", "--", *recorded.command(*words))
    assert (result.exit_code, result.output) == (0, "")
    assert recorded.words == list(words)
    assert not copies.exists()


def test_nothing_new_writes_nothing(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    aws.told({})
    result = ops("deploy", "--", *recorded.command("-c", "port="))
    assert (result.exit_code, result.output) == (0, "")
    assert not copies.exists()


@pytest.mark.parametrize("deployed", [{}, {"port": "9000"}])
@pytest.mark.parametrize("typed", ["9001", "8502"])
def test_what_is_not_deployed_is_not_remembered(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, deployed: dict[str, str], typed: str
) -> None:
    """As after `cdk diff`, whose status is 0 too."""
    write_copy(copies, "main", deployed)
    aws.told({**deployed, "image": "ami-12345678"})
    result = ops("deploy", "--", *recorded.command("-c", f"port={typed}", "-c", "image=ami-12345678"))
    assert result.exit_code == 0
    assert told(copies) == {**deployed, "image": "ami-12345678"}
    assert result.stderr.endswith(f"not deployed so, and not remembered: port={typed}\n")


def test_nothing_deployed_forgets_nothing(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    write_copy(copies, "main", {"port": "9000"})
    aws.nothing_deployed()
    result = ops("deploy", "--", *recorded.command("-c", "port="))
    assert result.stderr == "not deployed so, and not remembered: port is the default again\n"
    assert told(copies) == {"port": "9000"}


@pytest.mark.parametrize(("of_the_function", "remembered"), [("7", True), ("", False)])
def test_each_stack_that_has_the_setting_must_have_it(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, of_the_function: str, remembered: bool
) -> None:
    """`cdk deploy Streamlit` is one stack of two."""
    aws.told({"log_retention_days": "7"}, {"log_retention_days": of_the_function} if of_the_function else {})
    result = ops("deploy", "--", *recorded.command("-c", "log_retention_days=7"))
    assert copies.exists() is remembered
    assert ("not remembered: log_retention_days=7" in result.stderr) is not remembered


def test_what_is_deployed_can_not_be_read(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    aws.refuse("cloudformation", "describe_stacks", "Throttling")
    result = ops("deploy", "--", *recorded.command("-c", "port=9001"))
    assert result.exit_code == 1
    assert "the deploy has succeeded, but port=9001 could not be written down (AWS asks for a pause" in result.stderr
    assert not copies.exists()


def test_a_deploy_that_fails_writes_nothing(ops: Ops, recorded: Recorded, copies: Path) -> None:
    write_copy(copies, "main", {"port": "9000"})
    assert ops("deploy", "--", *recorded.command("-c", "port=9001", status=7)).exit_code == 7
    assert told(copies) == {"port": "9000"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(("--copy", "alice"), ()), ((), ("-c", "copy=alice")), (("--copy", "alice"), ("-ccopy=alice",))],
)
def test_each_copy_has_its_file(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    aws.told({"port": "9001"}, copy="-alice")
    ops("deploy", *ours, "--", *recorded.command("-c", "port=9001", *theirs))
    assert recorded.words == ["-c", "port=9001", "-c", "copy=alice"]
    assert told(copies, "alice") == {"port": "9001"}
    assert [file.name for file in copies.iterdir()] == ["alice.json"]


def test_what_was_written_meanwhile_stays(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    """Another deploy of the copy may end while ours runs."""
    aws.told({"port": "9001", "image": "ami-12345678"})
    copies.mkdir()
    command = recorded.command("-c", "port=9001")
    shell = f'echo \'{{"image": "ami-12345678"}}\' >{copies}/main.json; exec "$0" "$@"'
    assert ops("deploy", "--", "sh", "-c", shell, *command).exit_code == 0
    assert told(copies) == {"image": "ami-12345678", "port": "9001"}


def test_a_folder_that_can_not_be_written(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, tmp_path: Path
) -> None:
    aws.told({"port": "9001"})
    copies.symlink_to(tmp_path / "not" / "there")
    result = ops("deploy", "--", *recorded.command("-c", "port=9001"))
    assert result.exit_code == 1
    assert recorded.words == ["-c", "port=9001"]
    assert "error: the deploy has succeeded, but port=9001 could not be written down (" in result.stderr
    assert str(copies) in result.stderr


def test_a_file_that_can_not_be_read_stops_the_deploy(ops: Ops, recorded: Recorded, copies: Path) -> None:
    copies.mkdir()
    (copies / "main.json").write_text("{")
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 1
    assert "copies/main.json is no JSON" in result.stderr
    assert recorded.words is None


def test_the_address_is_written_not_my_ip(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.cloud.my_ip.my_ip", lambda _: "203.0.113.9/32")
    aws.told({"web_from": "pl-1,203.0.113.9/32"})
    ops("deploy", "--", *recorded.command("-c", "web_from=pl-1,my-ip"))
    assert recorded.words == ["-c", "web_from=pl-1,203.0.113.9/32"]
    assert told(copies) == {"web_from": "pl-1,203.0.113.9/32"}


def test_the_zone_is_written_not_auto(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    write_copy(copies, "main", {"instance_type": "t4g.medium"})
    aws.expect(
        "ec2", "describe_subnets", {"Subnets": [{"AvailabilityZone": zone} for zone in ("eu-1a", "eu-1b", "eu-1c")]}
    )
    aws.expect(
        "ec2",
        "describe_instance_type_offerings",
        {"InstanceTypeOfferings": [{"Location": "eu-1b"}]},
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": ["t4g.medium"]}],
    )
    aws.told({"zone": "second"})
    ops("deploy", "--", *recorded.command("-c", "zone=auto"))
    assert recorded.words == ["-c", "zone=second"]
    assert told(copies)["zone"] == "second"


def test_neither_a_key_nor_an_address_of_mail_is_written(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path
) -> None:
    aws.told({"public_key": PUBLIC_KEY})
    key = CHECKOUT / PUBLIC_KEY
    assert "AAAA" in key.read_text()
    assert ops("deploy", "--", *recorded.command("-c", f"public_key={key}")).exit_code == 0
    assert told(copies) == {"public_key": PUBLIC_KEY}


def test_a_key_outside_the_checkout_is_refused(ops: Ops, recorded: Recorded, copies: Path, tmp_path: Path) -> None:
    key = tmp_path / "id_ed25519.pub"
    key.write_text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA alice@example.org\n")
    result = ops("deploy", "--", *recorded.command("-c", f"public_key={key}"))
    assert result.exit_code == 1
    assert "it is outside this checkout: copy it into it, such as to keys/alice.pub" in result.stderr
    assert recorded.words is None
    assert not copies.exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("-c", "porrt=9000"), "porrt is not a setting; did you mean port?"),
        (("-c", "port=9000", "-c", "colour=red"), "colour is not a setting; the settings are account, allow_origins"),
        (("-c", "port=80"), "port='80': use a number from 1024 to 65535"),
        (("-c", "copy=Alice"), "copy='Alice': use up to 20 small letters"),
        (("-c", "copy=../main"), "copy='../main': use up to 20 small letters"),
        (("-c", "public_key=ssh-ed25519 AAAA me@example.org"), "there is nothing of that name in "),
        (("-c", "app=/nowhere/app"), "app='/nowhere/app': there is nothing there"),
    ],
)
def test_a_word_that_is_no_setting_stops_the_deploy(
    ops: Ops, recorded: Recorded, copies: Path, words: tuple[str, ...], error: str
) -> None:
    result = ops("deploy", "--yes", "--", *recorded.command(*words))
    assert result.exit_code == 1
    assert error in result.stderr
    assert recorded.words is None
    assert not copies.exists()


def test_two_copies_in_one_command(ops: Ops, recorded: Recorded) -> None:
    result = ops("deploy", "--copy", "alice", "--", *recorded.command("-c", "copy=bob"))
    assert result.exit_code == 1
    assert result.stderr == "error: --copy alice and -c copy=bob name two copies: say one\n"
    assert recorded.words is None
