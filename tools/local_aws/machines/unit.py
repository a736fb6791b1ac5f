"""The parts of a systemd unit that mean something without systemd: environment, command, restarts."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Where something lies, by where it lies on a real machine.
Places = Mapping[str, Path]


@dataclass(frozen=True)
class Unit:
    """How a service runs."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    restart_seconds: float
    # One after the other.
    reloads: tuple[tuple[str, ...], ...] = ()

    def command_line(self, variables: Mapping[str, str]) -> list[str]:
        """Fill ``${NAME}`` in, as systemd does."""
        return [re.sub(r"\$\{(\w+)\}", lambda found: variables.get(found[1], ""), word) for word in self.command]


def read(path: Path, drop_ins: Sequence[Path] = (), places: Places | None = None) -> Unit:
    """Read a unit file, and what drop-ins make of it."""
    told: dict[str, list[str]] = {}
    for file in (path, *drop_ins):
        for name, values in options(file).items():
            # Nothing, in a list, takes back what was there before.
            for value in values:
                told[name] = [*told.get(name, []), value] if value else []
    assignments = [word for value in told.get("Environment", []) for word in words(value, places)]
    return Unit(
        command=tuple(words(told["ExecStart"][-1], places)),
        environment=dict(assignment.split("=", 1) for assignment in assignments),
        restart_seconds=float(told.get("RestartSec", ["0.1"])[-1]),
        reloads=tuple(tuple(words(value, places)) for value in told.get("ExecReload", [])),
    )


def options(path: Path) -> dict[str, list[str]]:
    """Read a unit file's options, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";")):
            found.setdefault(name.strip(), []).append(value.strip())
    return found


def words(value: str, places: Places | None) -> list[str]:
    """Take a value apart, and say in each word where things lie here, which may be below a name with a space."""
    return [placed(word, places or {}) for word in shlex.split(value)]


def placed(text: str, places: Places) -> str:
    """Say where things lie here."""
    for there, here in places.items():
        # A path may hold what would mean something in a replacement.
        text = f"{here}/".join(re.split(rf"(?<![\w/]){re.escape(there)}", text))
    return text
