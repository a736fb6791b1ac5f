"""Runs a command with the settings that make was given: ``python -m ops.with_settings cdk diff``.

They come by the environment and leave as arguments, so that no shell ever reads them.
"""

import os
import shlex
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress

from ops.answers.errors import OpsError, in_words
from ops.answers.output import note
from ops.answers.questions import is_terminal
from ops.cloud.clients import Aws
from ops.cloud.here import Here
from ops.cloud.identity import say_which_aws
from ops.told.cdk_command import add_settings, each_once, take_settings
from ops.told.looked_up import ON_THIS_LAPTOP, all_told, in_aws
from ops.told.move import note_move
from ops.told.undone import deployed_settings
from ops.told.words import settle
from stacks import lab_names
from stacks.checks import check_values
from stacks.copy_settings import MAIN

# The names of what stands on make's command line, of which these are no settings.
GIVEN = "MAKE_GIVEN"
NO_SETTINGS = ("PYTHON", "SETTINGS")
BOOTSTRAP = ["cdk", "bootstrap"]
DIFF = ["cdk", "diff"]
# Before the command: it deploys to the laptop; it asks an AWS, which is said first.
LAPTOP = "--laptop"
AWS = "--aws"


def read_words(environment: Mapping[str, str]) -> dict[str, str]:
    """Read what make was given, by the names of the settings."""
    given = environment.get(GIVEN, "").split()
    words: list[tuple[str, str]] = []
    for name in given:
        if name in NO_SETTINGS:
            continue
        if name != name.upper():
            raise OpsError(f"{name}: make takes settings in capitals, {name.upper()}=…")
        words.append((name.lower(), environment[name]))
    if "SETTINGS" in given:
        words += _in_settings(environment["SETTINGS"])
    return each_once(words)


def arguments(words: Mapping[str, str], aws: Aws | None) -> list[str]:
    """Check the words, look up what they leave open, and give them as arguments of the CDK command line.

    :param aws: where to look; None is the laptop.
    """
    settled = settle(words, in_aws(aws) if aws else ON_THIS_LAPTOP)
    if aws:
        # The laptop's copies have been told other things, which `up` knows.
        check_values(all_told(settled))
    return add_settings([], settled)


def _in_settings(text: str) -> Iterable[tuple[str, str]]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise _refusal(text, str(error)) from None
    rest, settings = take_settings(words)
    if rest:
        raise _refusal(text, f"{shlex.join(rest)} is no -c name=value")
    return settings.items()


def _refusal(text: str, reason: str) -> OpsError:
    return OpsError(f"SETTINGS={text!r}: {reason}; write it as SETTINGS='-c web_from=203.0.113.7/32 -c port=8080'")


def _note_move(aws: Aws, given: Mapping[str, str]) -> None:
    here = Here(aws, given.get("copy") or MAIN, json=False)
    # The diff does without: whoever may not ask of stacks is told so by it.
    with suppress(Exception):
        note_move(here, deployed_settings(here), all_told(given))


def main(command: list[str]) -> int:
    """Let the command take this process over, or say why not."""
    where = command[0] if command[:1] in ([LAPTOP], [AWS]) else ""
    command = command[bool(where) :]
    if not command:
        note(f"usage: python -m ops.with_settings [{LAPTOP}|{AWS}] COMMAND…    with make's words in the environment")
        return 2
    try:
        aws = Aws(may_ask=is_terminal())
        given = read_words(os.environ)
        if command == BOOTSTRAP and lab_names.is_lab(all_told(given)):
            command = [*command, "--template", str(lab_names.BOOTSTRAP_TEMPLATE)]
        words = [*command, *arguments(given, None if where == LAPTOP else aws)]
        if where == AWS:
            say_which_aws(aws)
            if command == DIFF:
                _note_move(aws, given)
        aws.hand_over()
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
