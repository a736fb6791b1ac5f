"""What of a machine's app log is told as the reason of a failure."""

from pathlib import Path

from local_aws.machines.disk import Disk

BANNER = "\n  You can now view your Streamlit app in your browser.\n\n  URL: http://127.0.0.5:8501\n\n"


def test_streamlits_banner_is_no_reason(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    assert disk.last_app_lines() == []
    disk.app_log.write_text(BANNER)
    assert disk.last_app_lines() == []
    disk.app_log.write_text(BANNER + "KeyError: 'URL: x'\n")
    assert disk.last_app_lines() == ["KeyError: 'URL: x'"]
