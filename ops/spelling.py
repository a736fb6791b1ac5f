"""How the commands are spelled that we print: each names the copy that it is about."""

import shlex
from collections.abc import Mapping
from types import MappingProxyType

from stacks.copy_settings import MAIN

OPS = "python -m ops"
NOTHING: Mapping[str, str] = MappingProxyType({})


def make(target: str, copy: str, told: Mapping[str, str] = NOTHING) -> str:
    """Spell a command of make, with settings by their names."""
    words = ({} if copy == MAIN else {"copy": copy}) | dict(told)
    return shlex.join(["make", target, *(f"{name.upper()}={text}" for name, text in words.items())])


def ops(verb: str, copy: str) -> str:
    """Spell a command of ours."""
    return f"{OPS} {verb}" + ("" if copy == MAIN else f" --copy {shlex.quote(copy)}")
