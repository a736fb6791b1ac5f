"""What of a boot's parts is for the app's own server: drop-ins of its unit, and the jobs that it wants run before.

A part's script acts on a whole machine, and is left out here.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from local_aws.environment import REGION
from local_aws.machines.disk import Disk
from local_aws.machines.role import metadata_url
from local_aws.machines.unit import options, words

# A guard of the page tells the machine itself from others by an address, and a Mac's loopback has only one.
CAN_RUN = sys.platform != "darwin"
JOB_SECONDS = 180
# Of a job that has to wait for what is not there yet, and which systemd starts again.
NOT_YET = 75


class JobError(Exception):
    """A job that failed, with what it said."""


class Parts:
    """The parts of one machine, as they lie on its disk."""

    def __init__(self, disk: Disk, settings: Mapping[str, str], endpoint: str, instance_id: str) -> None:
        self._disk, self._settings = disk, settings
        # As on the machine: its role's key, from its metadata service.
        self._aws = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata_url(endpoint, instance_id),
            "PATH": os.environ["PATH"],
            "HOME": str(disk.folder),
        }
        self._alone = threading.Lock()

    @property
    def places(self) -> dict[str, Path]:
        """Where on the disk lies what the unit and the parts name by its place on a real machine."""
        return {f"{self._disk.contract['FILES']}/": self._disk.folder, "/run/": self._disk.run}

    @property
    def drop_ins(self) -> list[Path]:
        """What changes the unit."""
        return sorted(self._disk.parts.glob("*/*.conf")) if CAN_RUN else []

    def run_jobs(self) -> None:
        """Run what the drop-ins want run before the server starts, and what timers run again while it does."""
        wanted = {name for file in self.drop_ins for line in options(file).get("Wants", []) for name in line.split()}
        for job in [file for file in sorted(self._disk.parts.glob("*/*.service")) if file.name in wanted]:
            with self._alone:
                self._run(options(job))

    def _run(self, job: dict[str, list[str]]) -> None:
        for folder in job.get("RuntimeDirectory", []):
            (self._disk.run / folder).mkdir(parents=True, exist_ok=True)
        command = words(job["ExecStart"][-1], self.places)
        told = subprocess.run(  # noqa: S603 - the part's own command
            command,
            env={**self._settings, **self._aws},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=JOB_SECONDS,
            check=False,
        )
        if told.returncode not in (0, NOT_YET):
            raise JobError(" ".join(told.stdout.split()) or f"{command[-1]}: exit status {told.returncode}")
