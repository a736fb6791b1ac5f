"""One instance that runs on the laptop, from its first boot to its end."""

import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

from local_aws.machines import boot, python, unit
from local_aws.machines.app_environment import aws_of_app, environment_of
from local_aws.machines.disk import Disk
from local_aws.machines.first_boot import FirstBoot
from local_aws.machines.log_agent import LogAgent
from local_aws.machines.parts import Parts
from local_aws.machines.role import client_of
from local_aws.machines.service import Service
from local_aws.machines.user_data import Settings
from ops.answers.output import shown


class Machine:
    """A folder for its disk, a process for its app, and two logs that go to CloudWatch Logs."""

    def __init__(self, instance_id: str, account: str, settings: Settings, folder: Path, endpoint: str) -> None:
        self.instance_id, self._account, self.settings, self._endpoint = instance_id, account, settings, endpoint
        self.disk = Disk(folder)
        self._parts = Parts(self.disk, settings.machine, endpoint, instance_id)
        self.address = ""
        self.failure: str | None = None
        self._service: Service | None = None
        self._booting: threading.Thread | None = None
        self._opening: threading.Thread | None = None
        self._on = False
        logs = client_of(instance_id, "logs", endpoint)
        self._agents = [
            LogAgent(logs, settings.machine["LOG_GROUP"], f"{instance_id}/{name}", file)
            for name, file in (("boot", self.disk.boot_log), ("app", self.disk.app_log))
        ]

    @property
    def private_port(self) -> int | None:
        """Where the app listens, while it does."""
        return self._service.port if self._service else None

    @property
    def is_booting(self) -> bool:
        """Whether a boot or a start goes on, until the page answers."""
        return any(work is not None and work.is_alive() for work in (self._booting, self._opening))

    @property
    def cpu_seconds(self) -> float | None:
        """How long the app's processes have run."""
        return self._service.cpu_seconds if self._service else None

    def turn_on(self, address: str) -> None:
        """Boot it if it is new, else start its app again; either goes on behind the caller's back."""
        if self._on:
            return
        self._on, self.address, self.failure = True, address, None
        self.disk.create()
        for agent in self._agents:
            agent.start()
        work = self._start_again if self.disk.booted.exists() else self._boot
        self._booting = threading.Thread(target=work, daemon=True, name=f"boot {self.instance_id}")
        self._booting.start()

    def turn_off(self) -> None:
        """Stop its app; the disk stays."""
        if not self._on:
            return
        self._on = False
        if self._service:
            self._service.stop()
        if self._booting:
            self._booting.join(timeout=10)
            # The boot may have started the app just before it saw that the machine is off.
            if self._service:
                self._service.stop()
        for agent in self._agents:
            agent.finish()

    def run_jobs(self) -> None:
        """Run what on the real machine runs before the app's server, and again while it runs."""
        self._parts.run_jobs()

    def move_to(self, address: str) -> None:
        """Serve under another address than the one the app was started for."""
        if address == self.address:
            return
        self.turn_off()
        self.turn_on(address)

    def wait_until_started(self) -> None:
        """Wait for the end of a boot or a start."""
        if self._booting:
            self._booting.join()

    def _boot(self) -> None:
        first = FirstBoot(self.instance_id, self._account, self.settings, self._endpoint, self.disk, self._log)
        try:
            first.take_steps(self._start_app)
            self._log_closing_line()
            self.disk.booted.touch()
        except Exception as error:
            self.failure = first.keep_failure(error)
        if self._on:
            first.signal(good=not self.failure)

    def _start_again(self) -> None:
        try:
            shutil.rmtree(self.disk.run, ignore_errors=True)
            service = self._start_app()
        except Exception as error:
            self._log(f"failed: {boot.why(error)}")
        else:
            # Whoever reboots waits for the start alone.
            self._opening = threading.Thread(target=self._open_pages_again, args=[service], daemon=True)
            self._opening.start()

    def _open_pages_again(self, service: Service) -> None:
        """Say how a later start went, which no real machine does: `watch` changes the app in place."""
        try:
            boot.prove(service, self.disk.contract)
            self._log_closing_line()
        except Exception as error:
            if self._on and service is self._service:
                said = ": ".join([boot.why(error), *self.disk.last_words()])
                self._log(f"failed: {shown(said)}")

    def _log_closing_line(self) -> None:
        self._log(f"{self.disk.contract['CLOSING_LINE']} {self.settings.port}")

    def _start_app(self) -> Service:
        self.run_jobs()
        interpreter = python.for_app(self.disk.app, self.disk.venv)
        service_unit = unit.read(self.disk.unit, self._parts.drop_ins, self._parts.places)
        aws = aws_of_app(self.settings, self._endpoint, self.instance_id)
        environment = environment_of(
            self.disk, service_unit, interpreter, dict(self.settings.machine), dict(self.settings.environment), aws
        )
        service = self._service = Service(self.disk, service_unit, interpreter, environment)
        if self._on:
            service.start(self.address)
        return service

    def _log(self, text: str) -> None:
        with self.disk.boot_log.open("a", encoding="utf-8") as log:
            log.write(f"boot: {datetime.now(UTC):%H:%M:%S} {text}\n")
