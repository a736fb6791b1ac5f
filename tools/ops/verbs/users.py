"""``users``: who may sign in to the page."""

from typing import Annotated, Literal

import typer

from ops.answers.errors import OpsError
from ops.answers.options import DryRun
from ops.answers.output import aligned
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.users import EMAIL, EXAMPLE, Users, find_users, nobody, users_command
from ops.verb import verb

What = Annotated[Literal["add", "list", "remove", "reset"], typer.Argument(help="What to do.")]
Email = Annotated[str | None, typer.Argument(help="Whom, by their e-mail address.")]
WORDS = {"add": "may sign in", "remove": "may not sign in any more", "reset": "is signed out, and invited anew"}
WOULD = {"add": "would invite", "remove": "would remove", "reset": "would sign out, and invite anew,"}


@verb
def users(here: Here, what: What, email: Email = None, dry_run: DryRun = False) -> None:
    """Add, list, remove or reset who may sign in to the page.

    add makes an account, of which Cognito tells the person by e-mail, with a password for their first sign-in. remove
    ends an account: open pages within five minutes. reset signs somebody out and invites them with another password.
    On an embedded AWS, which sends no e-mail, add and reset print the password.
    """
    if what == "list":
        _list(here, find_users(here, read_deployment(here)))
        return
    if not email or not EMAIL.fullmatch(email):
        whom = f"{email!r} is no e-mail address" if email else "whom"
        raise OpsError(f"{whom}: say it as in `{users_command(here.copy, what, EXAMPLE)}`")
    there = find_users(here, read_deployment(here))
    facts = {"user": email, "done": what, "dryRun": dry_run}
    if dry_run:
        here.answer(facts, f"{WOULD[what]} {email}")
        return
    acts = {"add": there.add, "remove": there.remove, "reset": there.reset}
    told = acts[what](email)
    here.answer(facts | ({"told": told} if told else {}), f"{email} {WORDS[what]}" + (f": {told}" if told else ""))


def _list(here: Here, there: Users) -> None:
    found = sorted(there, key=lambda user: user.email)
    facts = [{"user": user.email, "state": user.state, "since": user.since} for user in found]
    rows = [(user.email, user.state, user.since) for user in found]
    here.answer(facts, aligned([("user", "state", "since"), *rows]) if rows else nobody(here.copy))
