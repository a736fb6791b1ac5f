"""``users``: who may sign in to the page."""

from collections.abc import Callable
from typing import Annotated

import typer

from ops.answers.errors import OpsError
from ops.answers.options import DryRun
from ops.answers.output import aligned, progress
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.users import EMAIL, EXAMPLE, Users, find_users, nobody, users_command
from ops.verb import verb
from stacks.copy_settings import MAIN

Email = Annotated[str, typer.Argument(metavar="EMAIL", help=f"Whom, such as {EXAMPLE}.")]
ASKING = "asking AWS"
WORDS = {
    "add": "may sign in",
    "remove": "may not sign in any more; open pages end within five minutes",
    "reset": "is signed out (open pages end within five minutes), and invited anew",
}
WOULD = {"add": "would invite", "remove": "would remove", "reset": "would sign out, and invite anew,"}

users = typer.Typer(
    help=f"Add, list, remove or reset who may sign in to the page.\n\nSuch as `{users_command(MAIN, 'add', EXAMPLE)}`.",
    no_args_is_help=True,
)


@users.command()
@verb
def add(here: Here, email: Email, dry_run: DryRun = False) -> None:
    """Make an account.

    Cognito tells the person by e-mail, with a password for their first sign-in. On an embedded AWS, which sends no
    e-mail, it is printed.
    """
    _change(here, "add", Users.add, email, dry_run=dry_run)


@users.command("list")
@verb
def list_all(here: Here) -> None:
    """List the accounts."""
    with progress(ASKING):
        found = sorted(find_users(here, read_deployment(here)), key=lambda user: user.email)
    facts = [{"user": user.email, "state": user.state, "since": user.since} for user in found]
    rows = [(user.email, user.state, user.since) for user in found]
    here.answer(facts, aligned([("user", "state", "since"), *rows]) if rows else nobody(here.copy))


@users.command()
@verb
def remove(here: Here, email: Email, dry_run: DryRun = False) -> None:
    """End an account: open pages within five minutes."""
    _change(here, "remove", Users.remove, email, dry_run=dry_run)


@users.command()
@verb
def reset(here: Here, email: Email, dry_run: DryRun = False) -> None:
    """Sign somebody out, and invite them anew.

    With another password, as `add` does. Open pages end within five minutes.
    """
    _change(here, "reset", Users.reset, email, dry_run=dry_run)


def _change(here: Here, what: str, change: Callable[[Users, str], str | None], email: str, *, dry_run: bool) -> None:
    if not EMAIL.fullmatch(email):
        like = users_command(here.copy, what, EXAMPLE)
        raise OpsError(f"{email!r} is no e-mail address: say it as in `{like}`")
    with progress(ASKING):
        there = find_users(here, read_deployment(here))
        told = None if dry_run else change(there, email)
    facts = {"user": email, "done": what, "dryRun": dry_run}
    if dry_run:
        here.answer(facts, f"{WOULD[what]} {email}")
    else:
        here.answer(facts | ({"told": told} if told else {}), f"{email} {WORDS[what]}" + (f": {told}" if told else ""))
