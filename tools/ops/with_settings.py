"""Runs a command with the settings that make was given: ``python -m ops.with_settings cdk diff``.

They come by the environment and leave as arguments, so that no shell ever reads them.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping

from ops.errors import OpsError, in_words
from ops.output import note
from ops.words import settle
from stacks.copies import copies_folder, read_copy
from stacks.copy_settings import MAIN
from stacks.setting import SettingsError

# The names of what stands on make's command line, of which these are no settings.
GIVEN = "MAKE_GIVEN"
NO_SETTINGS = ("PYTHON", "SETTINGS")
PAIR = re.compile(r"[^\s=-][^\s=]*=.*", re.DOTALL)
# Before the command: it deploys to the laptop.
LAPTOP = "--laptop"


def read_words(environment: Mapping[str, str]) -> dict[str, str]:
    """Read what make was given, by the names of the settings."""
    words: dict[str, str] = {}
    for name in environment.get(GIVEN, "").split():
        if name in NO_SETTINGS:
            continue
        if name != name.upper():
            raise OpsError(f"{name}: make takes settings in capitals, {name.upper()}=…")
        words[name.lower()] = environment[name]
    if "SETTINGS" in environment.get(GIVEN, "").split():
        for name, text in _pairs(environment["SETTINGS"]):
            if name in words:
                raise OpsError(f"{name} is given twice: {words[name]!r} and {text!r}")
            words[name] = text
    return words


def arguments(words: Mapping[str, str], *, laptop: bool) -> list[str]:
    """Check the words, look up what they leave open, and give them as arguments of the CDK command line."""

    def find_zone(settled: Mapping[str, str]) -> str:
        if laptop:
            # Where every zone has every type, and nobody may ask the real AWS.
            return "first"
        from ops.clients import Aws
        from ops.zones import find_zone

        try:
            told = read_copy(copies_folder(), settled.get("copy") or MAIN)
        except SettingsError as error:
            raise OpsError(str(error)) from None
        return find_zone(Aws(), {**told, **settled})

    return [word for name, text in settle(words, find_zone).items() for word in ("-c", f"{name}={text}")]


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    try:
        words = iter(shlex.split(text))
    except ValueError as error:
        raise _refusal(text, str(error)) from None
    for word in words:
        if word not in ("-c", "--context"):
            raise _refusal(text, f"{word!r} is no -c")
        pair = next(words, "")
        if not PAIR.fullmatch(pair):
            raise _refusal(text, f"{pair!r} after {word} is no key=value")
        name, _, value = pair.partition("=")
        yield name, value


def _refusal(text: str, reason: str) -> OpsError:
    return OpsError(f"SETTINGS={text!r}: {reason}; write it as SETTINGS='-c web_from=203.0.113.7/32 -c port=8080'")


def main(command: list[str]) -> int:
    """Let the command take this process over, or say why not."""
    laptop = command[:1] == [LAPTOP]
    command = command[laptop:]
    if not command:
        note(f"usage: python -m ops.with_settings [{LAPTOP}] COMMAND…    with make's words in the environment")
        return 2
    try:
        words = [*command, *arguments(read_words(os.environ), laptop=laptop)]
    except Exception as error:
        note(f"error: {in_words(error)}")
        return 1
    try:
        os.execvp(words[0], words)  # noqa: S606 - what make would have run
    except OSError as error:
        note(f"error: can't run {command[0]}: {error.strerror}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
