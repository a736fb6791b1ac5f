"""One deployment to the embedded AWS: each verb is tried on it, then a story of two laptops ends with its removal."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.laptop import CDK_KEEPS, WEB_FROM, Laptop, laptop


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployed")


@pytest.fixture(scope="session")
def first(place: Path) -> Iterator[Laptop]:
    """Bring the embedded AWS up, and point a laptop at it."""
    home = place / "home"
    home.mkdir()
    (home / ".cdk.json").write_text(json.dumps(CDK_KEEPS))
    made = laptop(place / "first laptop" / "copy", dict(os.environ))
    try:
        made.checkout.run("up", "-c", f"web_from={WEB_FROM}")
        variables = made.checkout.shell("env -0").split("\0")
        found = dict(line.split("=", 1) for line in variables if "=" in line)
        # What a person confirms at a terminal, they have confirmed.
        made.environment = found | {"HOME": str(home), "CDK_REQUIRE_APPROVAL": "never", "CDK_VALIDATION": "false"}
        yield made
    finally:
        made.checkout.end()
