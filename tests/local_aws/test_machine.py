"""The app of a machine on the laptop may do what the real one may, and is blamed for its own faults alone."""

import zipfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from local_aws.machines import boot, first_boot
from local_aws.machines import machine as machines
from local_aws.machines.app_environment import aws_of_app
from local_aws.machines.machine import Machine
from local_aws.machines.user_data import Settings

ACCOUNT = "000000000000"
ENDPOINT = "http://127.0.0.1:4566"


@pytest.mark.parametrize("machine", [{}, {"APP_USES_ROLE": "no"}])
def test_an_app_without_the_role_has_no_key(machine: dict[str, str]) -> None:
    aws = aws_of_app(Settings(machine=machine, environment={}), ENDPOINT, ACCOUNT)
    assert aws["AWS_ENDPOINT_URL"] == ENDPOINT
    assert {name for name in aws if "KEY" in name} == set()
    # Nor does it look for one elsewhere.
    assert aws["AWS_EC2_METADATA_DISABLED"] == "true"


def test_an_app_with_the_role_reaches_its_metadata_service_and_has_no_key() -> None:
    aws = aws_of_app(Settings(machine={"APP_USES_ROLE": "yes"}, environment={}), ENDPOINT, "i-1")
    assert aws["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == f"{ENDPOINT}/_machines/i-1/"
    assert not [name for name in aws if "KEY" in name]


class FakeAws:
    """Gives a machine the same archive for all its files, and notes its signal."""

    signal = ""

    def download_file(self, _bucket: str, _key: str, path: str) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("app.py", "")
            archive.writestr("requirements.txt", "")

    def put_log_events(self, **_: Any) -> None:
        """Take a log's lines."""

    def signal_resource(self, *, Status: str, **_: Any) -> None:  # noqa: N803 - as boto3 has it
        self.signal = Status


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    fake = FakeAws()
    monkeypatch.setattr(first_boot, "client", lambda *_: fake)
    for module in (first_boot, machines):
        monkeypatch.setattr(module, "client_of", lambda *_: fake)
    return fake


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Make a machine whose boot finds no contract in the files that it fetches."""
    files = dict.fromkeys(("BOOT_FILES", "SERVICE_FILES", "APP_FILES"), "s3://bucket/files.zip")
    settings = {"STACK_NAME": "Page", "RESOURCE_ID": "Machine", "LOG_GROUP": "logs", "ENTRY_FILE": "app.py"}
    settings["SYSTEM"] = "amazon_linux_2023.sh"
    made = Machine("i-1", ACCOUNT, Settings(machine=files | settings, environment={}), tmp_path / "i-1", ENDPOINT)
    made.disk.create()
    return made


def come_up(machine: Machine) -> str:
    """Turn it on and off: what its boot log says last."""
    machine.turn_on("127.0.0.1")
    machine.wait_until_started()
    machine.turn_off()
    return machine.disk.boot_log.read_text().splitlines()[-1].partition(" failed: ")[2]


def test_a_fault_of_ours_does_not_read_as_the_apps(
    aws: FakeAws, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.disk.app_log.write_text("words of the app\n")
    said = come_up(machine)
    assert said.startswith("a fault in the embedded AWS, not in the app (FileNotFoundError: ")
    assert machine.disk.failure.read_text() == f"i-1: {said}\n"
    assert aws.signal == "FAILURE"
    assert "Traceback" in capsys.readouterr().err


def test_a_fault_of_the_apps_reads_as_one(aws: FakeAws, machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.settings.machine["ENTRY_FILE"] = "main.py"  # type: ignore[index]
    machine.disk.app_log.write_text("words of the app\n")
    assert come_up(machine) == "the app has no file main.py"
    assert machine.failure == "the app has no file main.py: words of the app"
    assert aws.signal == "FAILURE"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("system", "signals"), [("ubuntu_24_04.sh", ("FAILURE", "")), ("amazon_linux_2023.sh", ("", "FAILURE"))]
)
def test_ubuntu_signals_with_the_rights_of_its_role(
    monkeypatch: pytest.MonkeyPatch, aws: FakeAws, machine: Machine, system: str, signals: tuple[str, str]
) -> None:
    account = FakeAws()
    monkeypatch.setattr(first_boot, "client", lambda *_: account)
    machine.settings.machine["SYSTEM"] = system  # type: ignore[index]
    come_up(machine)
    assert (aws.signal, account.signal) == signals


def test_a_later_start_that_fails_says_so_in_the_boot_log(machine: Machine) -> None:
    """Such as without the environments, which may go at any time, and without the network."""
    machine.disk.booted.touch()
    assert come_up(machine) == "the app has no requirements.txt"


@pytest.mark.parametrize(
    ("refused", "good", "told"),
    [
        ("Stack [Page] is in UPDATE_COMPLETE state and cannot be signaled", True, False),
        ("Stack [Page] is in UPDATE_COMPLETE state and cannot be signaled", False, True),
        ("Resource [Machine] in stack [Page] is not waiting for signals", True, True),
        ("Stack [Page] is in UPDATE_ROLLBACK_IN_PROGRESS state and cannot be signaled", True, True),
    ],
)
def test_only_a_signal_that_somebody_waits_for_is_missed(
    monkeypatch: pytest.MonkeyPatch, machine: Machine, refused: str, good: bool, told: bool
) -> None:
    """Scaling makes machines while nobody deploys."""
    monkeypatch.setattr(boot, "SIGNAL_TRIES", 1)

    class Refusing:
        def signal_resource(self, **_: str) -> None:
            raise ValueError(refused)

    with pytest.raises(boot.BootError, match="nobody takes the signal") if told else nullcontext():
        boot.signal(Refusing(), machine.settings.machine, "i-1", good=good)
