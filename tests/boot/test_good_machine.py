"""A good app's machine: serves, comes back, and lets the app do no more than it must."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Duration

from data_compute import IdleStop
from data_compute.machine.boot_part import BootPart
from tests.boot.cloud import Cloud, Page, write_app, write_part
from tests.boot.hypervisor import Hypervisor
from tests.boot.image import LOCK, locked
from tests.boot.machine import Machine, wait_for

pytestmark = pytest.mark.system

ENTRY_FILE = "1_👋 Good $HOME.py"
STATE = "/var/lib/private/streamlit"
REFUSED = {"Permission denied", "Read-only file system", "No such file or directory", "Operation not permitted"}
# Whatever bash or systemd might take for more than letters.
TEXTS = [
    "".join(map(chr, range(32, 127))),
    "$(touch /pwned) `touch /pwned` ${HOME}",
    "it's",
    "'\\''",
    "C:\\data\\",
    "größer ≠ kleiner",
]
PREPARATION = """
install -m 4755 /usr/bin/id /usr/local/bin/id-as-root
echo secret >/root/secret
mkdir -p /home/ubuntu && echo secret >/home/ubuntu/secret && chmod 644 /root/secret /home/ubuntu/secret
"""


@pytest.fixture(scope="module")
def machine(cloud: Cloud, hypervisor: Hypervisor, folder: Path) -> Machine:
    app = App(outdir=str(folder / "cdk.out"))
    script = Path(__file__).with_name("confined_app.py").read_text(encoding="utf-8")
    texts = {f"TEXT_{number}": text for number, text in enumerate(TEXTS)}
    source = write_app(folder / "good", script, lock=LOCK)
    (source / "app.py").rename(source / ENTRY_FILE)
    page = Page(app, "Good", source, entry_file=ENTRY_FILE, environment=texts)
    page.server.template.add_boot_part(BootPart(name="mounts", files=part(folder), settings={"MOUNTED_AT": TEXTS[1]}))
    IdleStop(page, "IdleStop", machine=page.server, after=Duration.minutes(10))
    cloud.deploy(app)
    return hypervisor.deployed("Good", 120)


def part(folder: Path) -> Path:
    """Write a part of the boot that leaves a trace of what it was given."""
    files = write_part(folder / "part", 'cat words >/run/part; echo "$MOUNTED_AT" >>/run/part\n')
    (files / "words").write_text("a part was here\n")
    return files


@pytest.fixture(scope="module")
def outcome(machine: Machine) -> dict[str, Any]:
    """Give what the app could do."""
    machine.run("bash", "-euc", PREPARATION)
    assert machine.serves()
    found: dict[str, Any] = json.loads(machine.run("cat", f"{STATE}/outcome.json"))
    return found


def test_a_part_runs_as_root_before_the_app_is_installed(machine: Machine) -> None:
    assert machine.run("cat", "/run/part") == f"a part was here\n{TEXTS[1]}\n"
    assert machine.run("stat", "--format=%U", "/run/part") == "root\n"
    steps = machine.console.index("part mounts"), machine.console.index("installing the app's requirements")
    assert steps == tuple(sorted(steps))


def test_signals_success_once_and_serves(cloud: Cloud, machine: Machine) -> None:
    assert cloud.signals("Good") == ["SUCCESS"]
    assert machine.serves()


def test_asking_for_its_health_runs_nothing_of_the_apps(machine: Machine) -> None:
    assert machine.serves()
    machine.run("rm", f"{STATE}/outcome.json")
    assert machine.get("/_stcore/health") == 200
    machine.get("/_stcore/script-health-check", seconds=60)
    assert "No such file" in machine.run("ls", f"{STATE}/outcome.json", check=False)


def test_installs_what_the_lock_says_and_nothing_else(machine: Machine) -> None:
    packages = machine.run("sh", "-c", "cd /opt/data-compute/venv/lib/python3.12/site-packages; ls -d *.dist-info")
    installed = {name.removesuffix(".dist-info").lower() for name in packages.split()}
    assert installed == {pin.replace("-", "_").replace("==", "-").lower() for pin in locked()}


def test_ships_the_boot_log_and_the_apps_log(cloud: Cloud, machine: Machine) -> None:
    assert "the page answers on port 8501" in cloud.log("Good", f"{machine.identity.instance_id}/boot")
    stream = f"{machine.identity.instance_id}/app"
    wait_for(lambda: "You can now view your Streamlit app" in cloud.log("Good", stream), "the app's log", 10)
    # It asks nobody for the machine's address.
    assert "external" not in cloud.log("Good", stream).lower()


def test_log_agent_is_not_root_and_reads_this_log_alone(machine: Machine) -> None:
    process = machine.run("systemctl", "show", "--property=MainPID", "--value", "amazon-cloudwatch-agent").strip()
    status = machine.run("cat", f"/proc/{process}/status")
    [agent] = {*re.findall(r"^Uid:\t(\d+)\t(\d+)\t(\d+)", status, re.MULTILINE)[0]}
    assert agent == machine.run("id", "--user", "cwagent").strip()
    assert agent != "0"
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    assert machine.run("stat", "--format=%U:%G %a", "/var/log/data-compute/app.log") == "root:cwagent 640\n"


def test_app_runs_as_a_user_that_only_the_unit_has(machine: Machine, outcome: dict[str, Any]) -> None:
    status = machine.run("cat", f"/proc/{machine.unit('MainPID')['MainPID']}/status")
    user = int(re.findall(r"^Uid:\t(\d+)", status, re.MULTILINE)[0])
    # systemd's range for users that exist while a unit runs
    assert 61184 <= user <= 65519
    assert user == outcome["user"]
    assert f":{user}:" not in machine.run("cat", "/etc/passwd")


def test_what_the_app_writes_lands_in_its_state_directory_only(machine: Machine, outcome: dict[str, Any]) -> None:
    assert set(outcome["keep"].values()) == {"written"}
    found = machine.run("find", "/", "-xdev", "-uid", str(outcome["user"]), "-type", "f").splitlines()
    assert f"{STATE}/kept" in found
    private_tmp = re.compile(r"/(var/)?tmp/systemd-private-\w+-streamlit\.service-\w+/tmp/kept")
    assert [path for path in found if not path.startswith(f"{STATE}/") and not private_tmp.fullmatch(path)] == []


def test_app_cannot_write_elsewhere(outcome: dict[str, Any]) -> None:
    assert len(outcome["write"]) == 8
    assert {path: outcome for path, outcome in outcome["write"].items() if outcome not in REFUSED} == {}


def test_app_cannot_read_what_is_not_its_own(machine: Machine, outcome: dict[str, Any]) -> None:
    assert machine.run("cat", "/root/secret", "/home/ubuntu/secret") == "secret\nsecret\n"
    assert len(outcome["read"]) == 4
    assert {path: outcome for path, outcome in outcome["read"].items() if outcome not in REFUSED} == {}


def test_app_cannot_gain_privileges(machine: Machine, outcome: dict[str, Any]) -> None:
    # For anybody else the program does make root.
    everybody = ("setpriv", "--reuid=65534", "--clear-groups", "id-as-root", "--user")
    assert machine.run("env", "PATH=/usr/local/bin:/usr/bin", *everybody) == "0\n"
    assert outcome["setuid program"] == str(outcome["user"])
    assert outcome["become root"] in REFUSED
    assert outcome["raw socket"] not in ("", "0")
    assert outcome["new namespace"] == "-1"


def test_app_cannot_load_a_module(machine: Machine, outcome: dict[str, Any]) -> None:
    number = "{'x86_64': 175, 'aarch64': 105}[os.uname().machine]"
    call = f"import ctypes, os; c = ctypes.CDLL(None, use_errno=True); c.syscall({number}, b'no', 2, b'')"
    root = machine.run("python3", "-c", f"{call}; print(os.strerror(ctypes.get_errno()))").strip()
    # The kernel itself heard root's call: it found no module in it, or takes none at all.
    assert root in {"Exec format error", "Function not implemented"}
    assert outcome["load a module"] == "Operation not permitted"


def test_app_sees_its_own_processes_only(outcome: dict[str, Any]) -> None:
    assert len(outcome["processes"]) <= 3


def test_exposure_is_low(machine: Machine) -> None:
    found = re.search(
        r"Overall exposure level for streamlit.service: ([\d.]+)",
        machine.run("systemd-analyze", "security", "streamlit"),
    )
    assert found
    assert float(found[1]) <= 2.0


def test_app_gets_every_letter_of_its_environment(machine: Machine, outcome: dict[str, Any]) -> None:
    assert list(outcome["environment"].values()) == TEXTS
    # And a shell reads the same, should somebody source the file.
    tell = '. /etc/data-compute/app.env; for name in "${!TEXT_@}"; do echo "${!name}"; done'
    assert machine.run("bash", "-euc", tell).splitlines() == TEXTS
    assert machine.run("find", "/", "-maxdepth", "1", "-name", "pwned") == ""


def test_metadata_service_answers_version_2_only(cloud: Cloud, machine: Machine) -> None:
    assert cloud.machine_data("Good")["MetadataOptions"]["HttpTokens"] == "required"
    address = "http://169.254.169.254/latest/meta-data/instance-id"
    assert machine.run("curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", address) == "401"


def test_comes_back_after_many_kills(machine: Machine) -> None:
    for kill in range(7):
        wait_for(lambda: machine.unit("MainPID")["MainPID"] != "0", f"a server after {kill} kills", 10)
        machine.run("systemctl", "kill", "--signal=KILL", "streamlit")
    assert machine.get() == 0
    wait_for(lambda: machine.get() == 200, "the page after the last kill", 20)
    assert machine.serves()


def test_comes_back_after_a_reboot_without_its_user_data(machine: Machine) -> None:
    before = machine.first_process()
    machine.run("systemctl", "reboot", check=False)
    wait_for(lambda: machine.is_another_boot(before) and machine.get() == 200, "the page after a reboot", 60)
    assert machine.serves()
    assert machine.console.count("installing the app's requirements") == 1
    assert machine.console.count("the page answers") == 1


def test_stops_by_itself_once_nobody_uses_it_and_says_why(cloud: Cloud, machine: Machine) -> None:
    """Last of all, as it is off then. Its time is made to be over; what it looks at, and turning off, is real."""
    timer = "ActiveState=active\nUnitFileState=enabled\n"
    shown = ("systemctl", "show", "idle-stop.timer", "--property=ActiveState", "--property=UnitFileState")
    assert machine.run(*shown) == timer
    over = "mkdir -p /run/idle-stop; echo -100000 >/run/idle-stop/last; systemctl start idle-stop"
    with machine.visit() as visitor:
        visitor.send(b"GET / HTTP/1.1\r\nHost: page\r\n")
        machine.run("sh", "-c", over)
        assert int(machine.run("cat", "/run/idle-stop/last")) > 0
    machine.run("sh", "-c", f"{over} --no-block")
    wait_for(lambda: machine.is_off, "a machine that turns itself off", 60)
    stream = f"{machine.identity.instance_id}/app"
    why = "idle-stop: nobody has had the page open for 10 minutes, so the machine stops"
    wait_for(lambda: why in cloud.log("Good", stream), "why it has stopped", 10)
