"""Stacks that a copy no longer has, and that are deployed still."""

from ops.answers.errors import in_words
from ops.answers.output import note
from ops.answers.questions import agreed, is_terminal
from ops.answers.spelling import removing
from ops.cloud.deployment import extras_of
from ops.cloud.here import Here
from ops.cloud.removal import in_order, remove
from ops.cloud.stack import Stack, find_copy_stacks
from stacks.registry import stacks_with


def find_left(here: Here) -> list[Stack]:
    """Find them by their tags."""
    stacks = find_copy_stacks(here)
    wanted = stacks_with(here.copy, extras_of(stacks))
    return [stack for stack in stacks if stack.name not in wanted]


def offer_removal(here: Here, *, yes: bool) -> None:
    """Name them, and remove them if the person at the terminal agrees; ``--yes`` is about the deploy alone."""
    try:
        left = find_left(here)
    except Exception as error:
        # The deploy itself was good.
        note(f"stacks that copy {here.copy} no longer has were not looked for: {in_words(error)}")
        return
    if not left:
        return
    names = [stack.name for stack in left]
    note(f"copy {here.copy} no longer has {', '.join(names)}, deployed still")
    if yes or not is_terminal() or not agreed("Remove what it no longer has?"):
        note(f"to remove it: `{removing(here.copy, *names)}`")
        return
    try:
        remove(here, in_order(here, left))
    except Exception as error:
        note(f"not all of it is removed: {in_words(error)}")
