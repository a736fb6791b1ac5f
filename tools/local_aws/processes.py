"""Processes that outlive the command that started them: known again by id and start time, so never a stranger's."""

import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from local_aws.state import read_json, write_json
from ops.answers.errors import OpsError

PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Process:
    """A process that leads its own group."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Process":
        """Describe a process that runs now."""
        return cls(pid, _start_time(pid) or "")

    @classmethod
    def read(cls, path: Path) -> "Process | None":
        """Read what ``write`` wrote."""
        record = read_json(path)
        return cls(record["pid"], record["started"]) if record else None

    def write(self, path: Path) -> None:
        """Remember the process."""
        write_json(path, asdict(self))

    def runs(self) -> bool:
        """Tell whether this very process still runs: an id alone may belong to somebody else by now."""
        return bool(self.started) and _start_time(self.pid) == self.started

    def cpu_seconds(self) -> float | None:
        """Tell how long the whole group has run on a processor; only Linux says so."""
        if not Path("/proc/self/stat").exists():
            return None
        ticks = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            if (fields := _fields(status)) and int(fields[2]) == self.pid:
                # In user mode and in the kernel, and that of children that have ended.
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self, patience: float = PATIENCE_SECONDS) -> None:
        """End the whole group: politely, then by force."""
        if not self.runs():
            return
        self._signal(signal.SIGTERM)
        self._wait(patience)
        # The leader may be gone while a child of it is not.
        self._signal(signal.SIGKILL)
        self._wait(PATIENCE_SECONDS)
        if self.runs():
            raise OpsError(f"process {self.pid} does not end: `kill -9 {self.pid}` as whoever may, then try again")

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.runs() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def _start_time(pid: int) -> str | None:
    """Ask the system when a process started; a process that ended and waits for its parent counts as gone."""
    status = Path("/proc") / str(pid) / "stat"
    if Path("/proc/self/stat").exists():
        fields = _fields(status)
        return None if not fields or fields[0] in "ZX" else fields[19]
    told = subprocess.run(  # noqa: S603
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - where it lies differs
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return None if not told or told.startswith("Z") else told.partition(" ")[2].strip()


def _fields(status: Path) -> list[str]:
    """Read what Linux says of a process after its name, which may hold spaces and parentheses itself."""
    try:
        return status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
