"""The parts of a systemd unit that mean something without systemd: environment, command, restarts."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Unit:
    """How a service runs."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    restart_seconds: float
    reload: tuple[str, ...] = ()

    def command_line(self, variables: Mapping[str, str]) -> list[str]:
        """Fill ``${NAME}`` in, as systemd does."""
        return [re.sub(r"\$\{(\w+)\}", lambda found: variables.get(found[1], ""), word) for word in self.command]


def read(path: Path) -> Unit:
    """Read a unit file."""
    options: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";")):
            options.setdefault(name.strip(), []).append(value.strip())
    assignments = [word for value in options.get("Environment", []) for word in shlex.split(value)]
    return Unit(
        command=tuple(shlex.split(options["ExecStart"][-1])),
        environment=dict(assignment.split("=", 1) for assignment in assignments),
        restart_seconds=float(options.get("RestartSec", ["0.1"])[-1]),
        reload=tuple(shlex.split(options.get("ExecReload", [""])[-1])),
    )
