"""What all tests of the review share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where nobody has accepted anything: what this checkout accepts is of its own app."""
    monkeypatch.chdir(tmp_path)
