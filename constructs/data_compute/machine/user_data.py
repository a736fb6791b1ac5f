"""The machine's user data: its settings, and the few lines that fetch and run the boot script."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Stack
from constructs import IConstruct

from data_compute.arguments import check_texts
from data_compute.machine.boot_part import BootPart
from data_compute.machine.contract import BOOT_FILES, read_contract
from data_compute.machine.operating_system import OperatingSystem

# EC2 refuses more, counted before base64.
LIMIT_BYTES = 16 * 1024
# A token's value (a URL, a bucket's name) is unknown before the deploy; this is more than any such value takes.
TOKEN_BYTES = 256

END = "END_OF_FILE"
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# What of the contract the script needs before it has fetched it.
BEFORE_THE_FETCH = ("SETTINGS", "FILES", "LOGS", "BOOT_LOG", "BOOT_SECONDS")
# The app's SDKs and the boot both need it.
SHARED = {"AWS_DEFAULT_REGION"}


class UserData:
    """The bash script that a fresh machine runs once. It is rendered last of all, as parts may still be added."""

    def __init__(
        self,
        *,
        service: Path,
        operating_system: OperatingSystem,
        generation: str,
        settings: Mapping[str, str],
        environment: Mapping[str, str],
    ) -> None:
        check_texts("environment", environment)
        self.settings = dict(settings)
        self._environment = dict(environment)
        self._operating_system, self._generation = operating_system, generation
        self._contract = read_contract(BOOT_FILES)
        self._taken = {*self._contract, *read_contract(service), "PARTS"}
        self._parts: dict[str, str] = {}

    def check_part(self, part: BootPart) -> None:
        """Raise unless the machine can take the part."""
        if part.name in self._parts:
            raise ValueError(f"boot part {part.name!r} is added twice: a machine runs each once")
        for name in sorted(part.settings.keys() & {*self.settings, *self._taken}):
            raise ValueError(f"boot part {part.name!r} has the setting {name!r}, which the machine has already")

    def add_part(self, part: BootPart, url: str) -> None:
        """Let the boot fetch and run a part."""
        self._parts[part.name] = url
        self.settings |= part.settings

    def render(self) -> str:
        """Render the script."""
        settings = self.settings | {"PARTS": " ".join(f"{name}={url}" for name, url in self._parts.items())}
        # The unit reads both files; a PORT of the app's would move the server away from where the boot looks for it.
        for name in sorted((settings.keys() & self._environment.keys()) - SHARED):
            raise ValueError(f"environment has the name {name!r}, which is the machine's own setting: use another name")
        system = self._operating_system
        return "\n".join(
            [
                "#!/bin/bash",
                f"# Generation {self._generation}. Whatever changes in these lines makes a new machine.",
                "set -euo pipefail",
                *(f"{name}={shlex.quote(self._contract[name])}" for name in BEFORE_THE_FETCH),
                'install -d -m 755 "$SETTINGS"',
                *_file("machine.env", settings),
                *_file("app.env", self._environment),
                system.prelude.read_text(encoding="utf-8"),
                (BOOT_FILES / "user_data.sh").read_text(encoding="utf-8"),
            ]
        )


def check_size(scope: IConstruct, user_data: str) -> None:
    """Raise if EC2 would refuse the user data for its size."""
    size = _size(Stack.of(scope).resolve(user_data))
    if size > LIMIT_BYTES:
        raise ValueError(
            f"the user data takes {size:,} bytes and EC2 allows {LIMIT_BYTES:,}: shorten environment, "
            "or put its values into a file of the app or into Parameter Store"
        )


def _file(name: str, settings: Mapping[str, str]) -> list[str]:
    """Write an environment file, which systemd and bash read alike; root alone may."""
    lines = [f"{key}={_quote(key, value)}" for key, value in settings.items()]
    return [f'install -m 600 /dev/null "$SETTINGS/{name}"', f"cat >\"$SETTINGS/{name}\" <<'{END}'", *lines, END]


def _quote(name: str, value: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"environment has the name {name!r}: use letters, digits and underscores, such as API_URL")
    if any(ord(character) < 32 for character in value):
        raise ValueError(
            f"environment {name} holds a line break or a control character: {value!r}; a value is one line of text"
        )
    # Between single quotes neither bash nor systemd looks for anything. They differ about a backslash outside of them,
    # and shlex writes a single quote without one.
    return shlex.quote(value)


def _size(resolved: object) -> int:
    if isinstance(resolved, str):
        return len(resolved.encode())
    if isinstance(resolved, dict) and list(resolved) == ["Fn::Join"]:
        separator, parts = resolved["Fn::Join"]
        return sum(_size(part) for part in parts) + len(separator) * (len(parts) - 1)
    return TOKEN_BYTES
