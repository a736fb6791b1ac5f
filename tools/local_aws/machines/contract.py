"""The boot contract, as the deployed files tell it: what a boot's exit codes mean, how health is asked for."""

import shlex
from collections.abc import Mapping
from pathlib import Path

FILE_NAME = "contract.env"


def read(*folders: Path) -> Mapping[str, str]:
    """Read the contracts of several folders into one."""
    values = {}
    for folder in folders:
        for line in (folder / FILE_NAME).read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                values[name] = "".join(shlex.split(value))
    return values
