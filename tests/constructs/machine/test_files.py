"""The files that make a machine a server: scripts that a shell accepts, and a unit that systemd does."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from data_compute import StreamlitServer, streamlit_server

FOLDER = Path(streamlit_server.__file__).parent
MACHINE = FOLDER / "machine"
UNIT = MACHINE / "streamlit.service"

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="needs systemd-analyze: on Debian and Ubuntu, apt-get install systemd"
)


@pytest.mark.parametrize("script", sorted(FOLDER.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_clean(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    checked = subprocess.run([shellcheck, "--shell=bash", script], capture_output=True, text=True)
    assert checked.stdout == ""


def test_boot_script_says_what_each_exit_status_means() -> None:
    script = (MACHINE / "boot.sh").read_text()
    explained = set(re.findall(r"^#   (\d)  ", script, re.MULTILINE))
    used = set(re.findall(r"\bfail (\d) ", script))

    assert explained == used | {"0"}


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
    unit.write_text(UNIT.read_text().replace("/opt/streamlit-server/venv/bin/streamlit", "/bin/echo"))

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
    assert settings("EnvironmentFile") == ["/etc/streamlit-server/machine.env", "/etc/streamlit-server/app.env"]
    assert settings("ExecStart") == ["/opt/streamlit-server/venv/bin/streamlit run ${ENTRY_FILE} --server.port=${PORT}"]


def test_these_files_alone_go_to_the_machine(default_server: StreamlitServer) -> None:
    app = Stack.of(default_server).node.root
    assert isinstance(app, App)
    assets = Path(app.synth().directory).glob("asset.*")

    (folder,) = [asset for asset in assets if (asset / "boot.sh").is_file()]
    names = ["boot.sh", "streamlit.logrotate", "streamlit.service", "uv.txt"]
    assert sorted(path.name for path in folder.rglob("*")) == names
    for name in names:
        assert (folder / name).read_bytes() == (MACHINE / name).read_bytes()


def test_machine_installs_the_uv_of_the_lock(root: Path) -> None:
    def pinned(lock: Path) -> tuple[str, list[str]]:
        found = re.search(r"^(uv==\S+)((?: *\\\n +--hash=sha256:[0-9a-f]{64})+)", lock.read_text(), re.MULTILINE)
        assert found, f"{lock} pins no uv with its hashes"
        return found[1], sorted(re.findall(r"sha256:[0-9a-f]{64}", found[2]))

    assert pinned(MACHINE / "uv.txt") == pinned(root / "requirements-dev.txt")


def test_machine_installs_nothing_else_by_pip() -> None:
    lines = (MACHINE / "uv.txt").read_text().splitlines()

    assert [line for line in lines if not line.startswith(("    --hash=", "#"))] == [lines[0]]
