"""Which files go into what runs, and how that then does."""

from pathlib import Path

import pytest

from local_aws import swap
from local_aws.swap import files, why_not_started


def test_what_is_not_deployed_is_not_swapped_in_either(tmp_path: Path) -> None:
    wanted = ["app.py", ".streamlit/config.toml", "pages/one.py", "data.csv"]
    unwanted = [
        "__pycache__/app.cpython-311.pyc",
        ".streamlit/secrets.toml",
        ".env",
        ".env.local",
        ".aws/credentials",
        ".netrc",
        "secrets.toml",
        "me.pem",
        "server.key",
        "pages/ID_ED25519",
        "test_app.py",
        "app.py~",
        ".DS_Store",
        ".git/config",
    ]
    for name in wanted + unwanted:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(map(str, files(tmp_path))) == sorted(wanted)


EARLIER = ["boot: 03:00:01 starting the app", "boot: 03:00:02 failed: an earlier fault"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("boot: 03:00:09 the page answers on port 8501", ""),
        ("boot: 03:00:09 failed: it raised: pages: /second", "it raised: pages: /second"),
        ("boot: 03:00:09 starting the app", "it has not started within 0 s"),
    ],
)
def test_how_a_start_went_is_what_the_boot_log_says_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, fault: str
) -> None:
    monkeypatch.setattr(swap, "START_SECONDS", 0.05)
    log = tmp_path / "boot.log"
    log.write_text("\n".join([*EARLIER, line, ""]))
    assert why_not_started(log, len(EARLIER)) == fault
