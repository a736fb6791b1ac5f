"""How the commands are spelled that we print: each names the copy that it is about."""

import shlex

from stacks.copy_settings import MAIN

OPS = "python -m ops"


def make(target: str, copy: str, /, **told: str) -> str:
    """Spell a command of make, with settings by their names."""
    words = ({} if copy == MAIN else {"copy": copy}) | told
    return " ".join(["make", target, *(setting(name, text) for name, text in words.items())])


def setting(name: str, text: str) -> str:
    """Spell a setting as a word of make's."""
    return shlex.quote(f"{name.upper()}={text}")


def ops(verb: str, copy: str) -> str:
    """Spell a command of ours."""
    return f"{OPS} {verb}" + ("" if copy == MAIN else f" --copy {shlex.quote(copy)}")
