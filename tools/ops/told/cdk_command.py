"""A command of the CDK's command line: which settings, as `-c name=value`, and which account its words name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from stacks.setting import SettingsError

OPTIONS = ("-c", "--context")
ATTACHED = re.compile(r"(?:--context=|-c=?)(.+)", re.DOTALL)
# A key with a colon, or an @ before it, is of the CDK's own.
SETTING = re.compile(r"([^\s@:=-][^\s:=]*)=(.*)", re.DOTALL)


def take_settings(command: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Take the settings out of a command."""
    rest: list[str] = []
    settings = []
    words = iter(command)
    for word in words:
        taken = [word, *(islice(words, 1) if word in OPTIONS else ())]
        attached = ATTACHED.fullmatch(word)
        context = attached[1] if attached else "".join(taken[1:])
        if setting := SETTING.fullmatch(context):
            settings.append((setting[1], setting[2]))
        else:
            rest += taken
    return rest, each_once(settings)


def each_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Gather settings; of two for one name nobody knows which is meant."""
    settings: dict[str, str] = {}
    for name, text in pairs:
        if name in settings:
            raise SettingsError(f"{name} is given twice: {settings[name]!r} and {text!r}; say it once")
        settings[name] = text
    return settings


def add_settings(command: Sequence[str], settings: Mapping[str, str]) -> list[str]:
    """Put settings into a command."""
    return [*command, *(word for name, text in settings.items() for word in ("-c", f"{name}={text}"))]


def without(command: Sequence[str], name: str) -> list[str]:
    """Take an option and its value out of a command."""
    rest = []
    words = iter(command)
    for word in words:
        if word == name:
            next(words, None)
        elif not word.startswith(f"{name}="):
            rest.append(word)
    return rest


def option(command: Sequence[str], name: str) -> str | None:
    """Read an option that takes a value, such as ``--profile``."""
    found = None
    for word, following in zip(command, [*command[1:], None], strict=True):
        if word == name:
            found = following
        elif word.startswith(f"{name}="):
            found = word.removeprefix(f"{name}=")
    return found
