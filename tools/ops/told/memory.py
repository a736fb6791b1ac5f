"""Writing down what a copy was told, once it is deployed so."""

import os
from collections.abc import Mapping

from ops.answers.errors import OpsError, in_words
from ops.answers.output import note
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from stacks.copies import copies_folder, read_copy, write_copy
from stacks.copy_settings import named
from stacks.registry import ALL_STACKS
from stacks.setting import CHECKOUT, settings_of


def remember(here: Here, words: Mapping[str, str]) -> None:
    """Add what was typed now to the copy's file, as far as it is deployed; what is the default is forgotten there."""
    # Which copy it is, is the file's name.
    words = {name: text for name, text in words.items() if name != "copy"}
    if not words:
        return
    folder = copies_folder()
    try:
        deployed = _deployed(here, words)
        # Read again: a deploy takes minutes.
        told = {**read_copy(folder, here.copy), **deployed}
        file = write_copy(folder, here.copy, {name: text for name, text in told.items() if text})
    except Exception as error:
        raise OpsError(
            f"the deploy has succeeded, but {_in_words(words)} could not be written down ({in_words(error)}), so the "
            "next one would not know it: mend that, then deploy once more"
        ) from None
    if file:
        shown = file.relative_to(CHECKOUT) if file.is_relative_to(CHECKOUT) else file
        # Whoever rehearses on another AWS than Amazon's may not want it there.
        endpoint = os.environ.get("AWS_ENDPOINT_URL")
        note(
            f"{shown}: {_in_words(deployed)}; commit it" + (f", unless it was for {endpoint} only" if endpoint else "")
        )
    # As after `cdk diff`, with --no-execute, or where one stack of two was deployed.
    if others := {name: text for name, text in words.items() if name not in deployed}:
        note(f"not deployed so, and not remembered: {_in_words(others)}")


def _deployed(here: Here, words: Mapping[str, str]) -> dict[str, str]:
    """Give the words that each deployed stack with such a setting says it was told; no text is the default."""
    says = read_deployment(here).told
    of_stacks = {named(stack, here.copy): kind for stack, kind in ALL_STACKS.items()}
    # Beside what was told before, as a default may depend on that.
    now = {**read_copy(copies_folder(), here.copy), **words}
    wanted = {name: text for kind in of_stacks.values() for name, text in kind.read(now).told.items()}
    deployed = {}
    for name in words:
        shown = {told.get(name, "") for stack, told in says.items() if name in settings_of(of_stacks[stack])}
        if shown == {wanted.get(name, "")}:
            deployed[name] = wanted.get(name, "")
    return deployed


def _in_words(words: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={text}" if text else f"{name} is the default again" for name, text in words.items())
