"""The boot contract as the library reads it: settings that the user data, boot.sh and whoever watches them share."""

import shlex
from pathlib import Path

BOOT_FILES = Path(__file__).with_name("boot")
FILE_NAME = "contract.env"


def read_contract(folder: Path) -> dict[str, str]:
    """Read the ``contract.env`` of a folder: NAME=value lines, quoted as for a shell."""
    lines = (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=")[::2] for line in lines if line and not line.startswith("#")]
    return {name: "".join(shlex.split(value)) for name, value in pairs}
