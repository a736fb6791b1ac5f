"""An instance's disk: the folder that holds its app, its logs and its home."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from data_compute.machine.contract import read_contract
from local_aws.machines import read_only

FAILED = ".failed"
BANNER = re.compile(r"  (You can now view your Streamlit app in your browser\.|(\w+ )?URL: \S+)")


@dataclass(frozen=True)
class Disk:
    """The places in the folder."""

    folder: Path

    @property
    def boot_files(self) -> Path:
        """The unpacked boot script, and the contract."""
        return self.folder / "boot"

    @property
    def service_files(self) -> Path:
        """The unpacked unit of what serves the app, and its part of the contract."""
        return self.folder / "service"

    @property
    def app(self) -> Path:
        """The unpacked app."""
        return self.folder / "app"

    @property
    def parts(self) -> Path:
        """The unpacked parts of the boot, one folder each."""
        return self.folder / "parts"

    @property
    def run(self) -> Path:
        """What on the real machine is in memory: gone at each start."""
        return self.folder / "run"

    @property
    def venv(self) -> Path:
        """The app's own Python."""
        return self.folder / "venv"

    @property
    def home(self) -> Path:
        """The app's home, and its place for temporary files: new at each start."""
        return self.folder / "home"

    @property
    def app_state(self) -> Path:
        """What of the app's lasts for the machine's life."""
        return self.folder / "state"

    @property
    def contract(self) -> Mapping[str, str]:
        """What the deployed files say of a boot."""
        return read_contract(self.boot_files) | read_contract(self.service_files)

    @property
    def unit(self) -> Path:
        """The systemd unit whose command and environment count here too."""
        return self.service_files / f"{self.contract['UNIT']}.service"

    @property
    def boot_log(self) -> Path:
        """What the boot did."""
        return self.folder / "boot.log"

    @property
    def app_log(self) -> Path:
        """What the app printed."""
        return self.folder / "app.log"

    @property
    def process(self) -> Path:
        """Who runs, so that a later command can end it."""
        return self.folder / "process.json"

    @property
    def booted(self) -> Path:
        """There once the boot went well: from then on a start only starts the app."""
        return self.folder / "booted"

    @property
    def failure(self) -> Path:
        """Why the boot failed, beside the disk, as it outlives the machine."""
        return self.folder.with_suffix(FAILED)

    def create(self) -> None:
        """Make the folder."""
        for place in (self.app_state, self.parts):
            place.mkdir(parents=True, exist_ok=True)

    def remove(self) -> None:
        """Remove it with all it holds."""
        read_only.reopen(self.app)
        shutil.rmtree(self.folder, ignore_errors=True)

    def last_app_lines(self, count: int = 30) -> list[str]:
        """Quote the end of the app's log, without blank lines and Streamlit's banner, which are no reasons."""
        try:
            text = self.app_log.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        return [line for line in text.splitlines() if line.strip() and not BANNER.fullmatch(line)][-count:]

    def last_words(self) -> list[str]:
        """Quote what the app said last: its own word, before that of what opens its pages, which says of which one."""
        lines = self.last_app_lines()
        return lines[-2:] if lines and lines[-1].startswith("pages: ") else lines[-1:]


def disks(machines: Path) -> Iterator[Disk]:
    """List the disks in the folder of all machines."""
    return (Disk(folder) for folder in machines.glob("*/"))


def failures(machines: Path) -> list[Path]:
    """List why boots failed, also of machines that are gone."""
    return sorted(machines.glob(f"*{FAILED}"))
