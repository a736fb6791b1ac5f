"""The files that make a machine a server: scripts that a shell accepts, and a unit that systemd does."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack

import data_compute
from data_compute import StreamlitServer
from data_compute.machine.contract import BOOT_FILES, read_contract
from data_compute.page.streamlit_machines import SERVICE

LIBRARY = Path(data_compute.__file__).parent
UNIT = SERVICE / "streamlit.service"

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="needs systemd-analyze: on Debian and Ubuntu, apt-get install systemd"
)


@pytest.mark.parametrize("script", sorted(LIBRARY.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_clean(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    checked = subprocess.run([shellcheck, "--shell=bash", script], capture_output=True, text=True)
    assert checked.stdout == ""


def test_contract_says_what_each_exit_status_means() -> None:
    used = set(re.findall(r"\bfail (\d) ", "".join(path.read_text() for path in BOOT_FILES.glob("*.sh"))))
    used |= set(re.findall(r"\breturn (\d)", (BOOT_FILES / "user_data.sh").read_text()))
    page = read_contract(SERVICE)

    assert {f"EXIT_{code}" for code in used} == {name for name in read_contract(BOOT_FILES) if name.startswith("EXIT_")}
    assert [name for name in page if name.startswith("EXIT_")] == [f"EXIT_{page['UNHEALTHY_EXIT']}"]


def test_two_contracts_do_not_contradict_each_other() -> None:
    assert read_contract(BOOT_FILES).keys() & read_contract(SERVICE).keys() == set()


def test_a_shell_reads_the_contract_as_we_do() -> None:
    for folder in (BOOT_FILES, SERVICE):
        ours = read_contract(folder)
        printed = "".join(f'printf "%s\\0" "${name}"; ' for name in ours)
        shell = subprocess.run(
            ["bash", "-euc", f". ./contract.env; {printed}"], cwd=folder, capture_output=True, text=True, check=True
        )
        assert shell.stdout.split("\0")[:-1] == list(ours.values())


def test_the_machines_files_know_nothing_of_streamlit() -> None:
    for path in BOOT_FILES.rglob("*"):
        assert "streamlit" not in path.read_text().lower(), path


@needs_systemd
def test_unit_is_hardened() -> None:
    # In hundredths: at most 2.0 of 10, which systemd calls OK.
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", UNIT],
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout
    assert "Overall exposure level for streamlit.service" in checked.stdout


@needs_systemd
def test_systemd_understands_every_line_of_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    # This machine has no such server, and systemd asks.
    unit.write_text(re.sub(r"/opt/data-compute/venv/bin/\w+", "/bin/echo", UNIT.read_text()))

    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)

    assert (checked.returncode, checked.stderr) == (0, "")


def settings(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


def test_unit_runs_as_nobody_and_comes_back() -> None:
    assert settings("DynamicUser") == ["yes"]
    assert settings("User") == []
    assert settings("CapabilityBoundingSet") == [""]
    assert (settings("Restart"), settings("StartLimitIntervalSec")) == (["always"], ["0"])
    assert settings("WantedBy") == ["multi-user.target"]


def test_unit_reads_what_the_user_data_writes() -> None:
    assert settings("EnvironmentFile") == ["/etc/data-compute/machine.env", "/etc/data-compute/app.env"]
    assert settings("ExecStart") == ["/opt/data-compute/venv/bin/streamlit run ${ENTRY_FILE} --server.port=${PORT}"]


@pytest.mark.parametrize("folder", [BOOT_FILES, SERVICE], ids=lambda folder: folder.name)
def test_these_files_alone_go_to_the_machine(default_server: StreamlitServer, folder: Path) -> None:
    app = Stack.of(default_server).node.root
    assert isinstance(app, App)
    contract = (folder / "contract.env").read_bytes()
    (there,) = [
        asset
        for asset in Path(app.synth().directory).glob("asset.*")
        if (asset / "contract.env").is_file() and (asset / "contract.env").read_bytes() == contract
    ]

    assert {path.name: path.read_bytes() for path in there.rglob("*")} == {
        path.name: path.read_bytes() for path in folder.rglob("*")
    }


def test_unit_lies_where_the_contract_says() -> None:
    contract = read_contract(BOOT_FILES)

    assert settings("WorkingDirectory") == [f"{contract['FILES']}/app"]
    assert settings("StandardOutput") == [f"append:{contract['APP_LOG']}"]
    assert contract["APP_LOG"] in (SERVICE / "streamlit.logrotate").read_text()
    assert UNIT.name == f"{read_contract(SERVICE)['UNIT']}.service"


def test_machine_installs_the_uv_of_the_lock(root: Path) -> None:
    def pinned(lock: Path) -> tuple[str, list[str]]:
        found = re.search(r"^(uv==\S+)((?: *\\\n +--hash=sha256:[0-9a-f]{64})+)", lock.read_text(), re.MULTILINE)
        assert found, f"{lock} pins no uv with its hashes"
        return found[1], sorted(re.findall(r"sha256:[0-9a-f]{64}", found[2]))

    assert pinned(BOOT_FILES / "uv.txt") == pinned(root / "requirements-dev.txt")


def test_machine_installs_nothing_else_by_pip() -> None:
    lines = (BOOT_FILES / "uv.txt").read_text().splitlines()

    assert [line for line in lines if not line.startswith(("    --hash=", "#"))] == [lines[0]]
