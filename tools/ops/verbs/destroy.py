"""``destroy``: every stack of a copy, by its tags."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ops.answers.errors import OpsError
from ops.answers.options import DryRun, Yes
from ops.answers.output import note
from ops.answers.questions import require
from ops.answers.spelling import ops
from ops.cloud.here import Here
from ops.cloud.identity import say_which_aws
from ops.cloud.removal import in_order, remove
from ops.cloud.stack import Stack, find_copy_stacks
from ops.verb import verb
from stacks.copies import copies_folder

Names = Annotated[
    list[str] | None, typer.Argument(metavar="STACK", help="Only these of them. Default: all.", show_default=False)
]


@verb
def destroy(here: Here, stack: Names = None, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Remove every stack of the copy.

    It finds them by their tags, also those that the copy's settings no longer have, and asks.
    """
    say_which_aws(here.aws)
    stacks = in_order(here, _chosen(here, stack or []))
    names = [found.name for found in stacks]
    listed = f"{', '.join(names)} in {here.aws.region_name}"
    if dry_run:
        here.answer({"stacks": names, "dryRun": True}, f"would remove {listed}, in this order")
        return
    note(f"to be removed, with all they hold, in this order: {listed}")
    anyway = " ".join([ops("destroy", here.copy), *(stack or []), "--yes"])
    require("Remove them?", yes=yes, otherwise="nothing was removed", advice=f"`{anyway}` asks nothing")
    remove(here, stacks)
    here.answer({"stacks": names, "dryRun": False}, f"copy {here.copy}: removed {listed}")
    file = copies_folder() / f"{here.copy}.json"
    if file.is_file():
        note(f"{file.parent.name}/{file.name} stays: it is what the next deploy of the copy is told")


def _chosen(here: Here, names: Sequence[str]) -> list[Stack]:
    found = {stack.name: stack for stack in find_copy_stacks(here)}
    if not found:
        raise OpsError(
            f"copy {here.copy} has no stack in {here.aws.region_name} of this account: for another region add --region"
        )
    if strange := sorted(set(names) - found.keys()):
        raise OpsError(f"{', '.join(strange)} is no stack of copy {here.copy}, which has {', '.join(sorted(found))}")
    return [stack for name, stack in found.items() if not names or name in names]
