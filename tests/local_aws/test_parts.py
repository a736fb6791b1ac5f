"""What of a boot's parts counts on the laptop: drop-ins of the unit, and the jobs that they want run."""

import os
import sys
from pathlib import Path

import pytest

from local_aws.machines import unit
from local_aws.machines.disk import Disk
from local_aws.machines.parts import JobError, Parts

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="on macOS, parts are left out")

UNIT = """
[Service]
Environment=A=1
ExecStart=/opt/data-compute/venv/bin/streamlit run ${ENTRY_FILE}
ExecReload=/bin/one
"""
DROP_IN = """
[Unit]
Wants=digest.service
[Service]
Environment=FILE=/run/data-compute/digest
ExecStart=
ExecStart=/opt/data-compute/venv/bin/python -P /opt/data-compute/parts/front/guard.py run
ExecReload=/bin/two
"""
JOB = """
[Service]
Type=oneshot
RuntimeDirectory=data-compute
ExecStart=/bin/bash /opt/data-compute/parts/front/job.sh /run/data-compute/digest
"""


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    made = Disk(tmp_path / "i-1")
    made.create()
    for folder in (made.boot_files, made.service_files, made.parts / "front"):
        folder.mkdir()
    (made.boot_files / "contract.env").write_text("FILES=/opt/data-compute\n")
    (made.service_files / "contract.env").write_text("UNIT=page\n")
    made.unit.write_text(UNIT)
    (made.parts / "front" / "guard.conf").write_text(DROP_IN)
    (made.parts / "front" / "digest.service").write_text(JOB)
    (made.parts / "front" / "unasked.service").write_text("[Service]\nExecStart=/bin/false\n")
    return made


@pytest.fixture
def parts(disk: Disk) -> Parts:
    return Parts(disk, {"SECRET": "name"}, "http://127.0.0.1:9", "i-1")


def test_a_drop_in_changes_the_unit(disk: Disk, parts: Parts) -> None:
    read = unit.read(disk.unit, parts.drop_ins, parts.places)
    here = str(disk.folder)
    assert read.command == (f"{here}/venv/bin/python", "-P", f"{here}/parts/front/guard.py", "run")
    assert read.environment == {"A": "1", "FILE": f"{here}/run/data-compute/digest"}
    assert read.reloads == (("/bin/one",), ("/bin/two",))


def test_its_job_runs_with_the_machines_settings_and_none_of_the_laptops(
    disk: Disk, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    (disk.parts / "front" / "job.sh").write_text('env >"$1"\n')
    parts.run_jobs()
    lines = (disk.run / "data-compute" / "digest").read_text().splitlines()
    assert {"SECRET=name", "AWS_ENDPOINT_URL=http://127.0.0.1:9", f"PATH={os.environ['PATH']}"} <= set(lines)
    assert "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:9/_machines/i-1/" in lines
    assert not [line for line in lines if "production" in line or "KEY" in line]


def test_a_job_that_fails_says_why(disk: Disk, parts: Parts) -> None:
    (disk.parts / "front" / "job.sh").write_text("echo no such secret\nexit 3\n")
    with pytest.raises(JobError, match="no such secret"):
        parts.run_jobs()


def test_a_machine_without_parts_has_no_job(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "i-2")
    disk.create()
    none = Parts(disk, {}, "http://127.0.0.1:9", "i-2")
    none.run_jobs()
    assert none.drop_ins == []
