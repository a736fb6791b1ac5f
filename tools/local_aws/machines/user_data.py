"""What a StreamlitServer's user data says: the two settings files that it writes."""

import base64
import binascii
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

FILE = re.compile(r"""^cat >"\$SETTINGS/(?P<name>\w+)\.env" <<'(?P<end>\w+)'\n(?P<lines>.*?)^(?P=end)$""", re.M | re.S)
SETTING = re.compile(r"[A-Za-z_]\w*=.*", re.ASCII)
NEEDED = ("STACK_NAME", "RESOURCE_ID", "LOG_GROUP", "BOOT_FILES", "SERVICE_FILES", "APP_FILES", "ENTRY_FILE", "PORT")


class UserDataError(ValueError):
    """User data that begins like a StreamlitServer's and does not hold what one needs."""


@dataclass(frozen=True)
class Settings:
    """The machine's settings and the app's environment."""

    machine: Mapping[str, str]
    environment: Mapping[str, str]

    @property
    def port(self) -> int:
        """The port that the page is served on."""
        return int(self.machine["PORT"])


def read(encoded: str) -> Settings | None:
    """Read an instance's user data, or None where it is not a StreamlitServer's."""
    try:
        script = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    files = {found["name"]: _parse(found["lines"]) for found in FILE.finditer(script)}
    if "machine" not in files:
        return None
    missing = [name for name in NEEDED if not files["machine"].get(name)]
    if missing:
        raise UserDataError(f"machine.env in the user data lacks {', '.join(missing)}")
    if not files["machine"]["PORT"].isdecimal():
        raise UserDataError(f"PORT in the user data is {files['machine']['PORT']!r}, not a number")
    return Settings(machine=files["machine"], environment=files.get("app", {}))


def _parse(lines: str) -> dict[str, str]:
    values = {}
    # Not splitlines, which also ends a line at letters that a value may hold.
    for line in lines.split("\n")[:-1]:
        try:
            [setting] = shlex.split(line)
        except ValueError:
            setting = ""
        if not SETTING.fullmatch(setting):
            raise UserDataError(f"the user data holds the line {line!r}, not of the form NAME='value'")
        name, _, value = setting.partition("=")
        values[name] = value
    return values
