"""What of a machine is told when it failed, and what is left of one that was killed."""

from pathlib import Path

from local_aws.cloud import end_machines
from local_aws.machines import read_only
from local_aws.machines.disk import Disk, disks, failures
from local_aws.state import State

BANNER = "\n  You can now view your Streamlit app in your browser.\n\n  URL: http://127.0.0.5:8501\n\n"


def test_streamlits_banner_is_no_reason(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    assert disk.last_app_lines() == []
    disk.app_log.write_text(BANNER)
    assert disk.last_app_lines() == []
    disk.app_log.write_text(BANNER + "KeyError: 'URL: x'\n")
    assert disk.last_app_lines() == ["KeyError: 'URL: x'"]


def test_why_a_machine_failed_outlives_its_disk(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "i-1")
    disk.create()
    disk.failure.write_text("why")
    assert (list(disks(tmp_path)), failures(tmp_path)) == ([disk], [disk.failure])
    disk.remove()
    assert (list(disks(tmp_path)), failures(tmp_path)) == ([], [disk.failure])


def test_what_a_killed_machine_leaves_can_be_removed(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.create()
    disk = Disk(state.machines / "i-1")
    disk.app.mkdir(parents=True)
    disk.process.write_text('{"pid": 1, "started": "another start"}')
    read_only.close(disk.app)
    end_machines(state)
    assert not disk.process.exists()
    assert disk.app.stat().st_mode & 0o200
