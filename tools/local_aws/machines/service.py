"""The app's server as a process: started as the unit says, and restarted as systemd would."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_aws.machines import read_only
from local_aws.machines.disk import Disk
from local_aws.machines.unit import Unit
from local_aws.processes import Process


class Service:
    """One app's server. It listens on a private port, which changes with every start."""

    def __init__(self, disk: Disk, unit: Unit, python: Path, environment: dict[str, str]) -> None:
        self._disk, self._unit, self._python = disk, unit, python
        self._environment = environment
        self._child: subprocess.Popen[bytes] | None = None
        self._process: Process | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self.port: int | None = None
        self.restarts = 0

    def start(self, address: str) -> None:
        """Start it, and keep it running until ``stop``.

        :param address: where the page will be opened. Streamlit accepts a browser's connection for that name only, and
            would otherwise ask a machine of AWS for its own address.
        """
        self._stopping.clear()
        child = self._spawn(address)
        self._watcher = threading.Thread(target=self._watch, args=[child, address], daemon=True, name="service")
        self._watcher.start()

    def stop(self) -> None:
        """End it and what it started."""
        self._stopping.set()
        if self._process:
            self._process.stop(patience=2.0)
        if self._watcher:
            self._watcher.join()
            self._watcher = None
        read_only.reopen(self._disk.app)
        self._disk.process.unlink(missing_ok=True)
        self.port = None

    def reload(self) -> bool:
        """Run what the unit has for a reload, as the app itself runs, and tell whether it went well."""
        environment = self._environment | {"PORT": str(self.port)}
        return all(self._popen(command, environment).wait() == 0 for command in self._unit.reloads)

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._child is not None and self._child.poll() is not None

    @property
    def cpu_seconds(self) -> float | None:
        """How long its processes have run, where the system says so."""
        return self._process.cpu_seconds() if self._process else None

    def _spawn(self, address: str) -> "subprocess.Popen[bytes]":
        self.port = _free_port()
        environment = self._environment | {
            "PORT": str(self.port),
            "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
            "STREAMLIT_BROWSER_SERVER_ADDRESS": address,
            "STREAMLIT_BROWSER_SERVER_PORT": self._environment["PORT"],
            # On the real machine rich is not installed, and Streamlit's log is plain.
            "STREAMLIT_LOGGER_ENABLE_RICH": "false",
        }
        shutil.rmtree(self._disk.home, ignore_errors=True)
        self._disk.home.mkdir()
        read_only.close(self._disk.app)
        child = self._popen(self._unit.command_line(environment), environment)
        self._process = Process.of(child.pid)
        self._process.write(self._disk.process)
        self._child = child
        return child

    def _popen(self, command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start a command of the unit's, which names a program of the app's own Python."""
        bound = read_only.prefix()
        if bound is None:
            self._note("service: as root here, the app may write into its own folder; on AWS it may not")
        program, *arguments = command
        with self._disk.app_log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the unit's own command
                [*(bound or ()), str(self._python.parent / Path(program).name), *arguments],
                cwd=self._disk.app,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _watch(self, child: "subprocess.Popen[bytes]", address: str) -> None:
        while True:
            child.wait()
            if self._stopping.wait(self._unit.restart_seconds):
                return
            self.restarts += 1
            self._note(f"service: it ended with exit status {child.returncode} and is started anew")
            child = self._spawn(address)

    def _note(self, line: str) -> None:
        with self._disk.app_log.open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
