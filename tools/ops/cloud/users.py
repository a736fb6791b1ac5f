"""The users of a page's sign-in, in its Cognito user pool."""

import re
import secrets
import shlex
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ops.answers.errors import OpsError, error_code, in_words
from ops.answers.output import note
from ops.answers.spelling import make, ops
from ops.cloud.deployment import Deployment, read_deployment
from ops.cloud.here import Here
from stacks import outputs

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# As Cognito has them, for people.
STATES = {"FORCE_CHANGE_PASSWORD": "invited", "CONFIRMED": "has signed in", "UNCONFIRMED": "not confirmed"}
DISABLED = "disabled"
EXAMPLE = "ada@example.org"


@dataclass(frozen=True)
class User:
    """Somebody who may sign in."""

    email: str
    state: str
    since: str


class Users:
    """All of them.

    :param pool: the user pool's id.
    """

    def __init__(self, here: Here, pool: str) -> None:
        self._copy = here.copy
        self.pool, self._cognito = pool, here.aws.client("cognito-idp")
        # No e-mail leaves an embedded AWS: there, whoever adds somebody is told the password.
        self._sends = not here.aws.embedded

    def __iter__(self) -> Iterator[User]:
        """List them."""
        for page in self._cognito.get_paginator("list_users").paginate(UserPoolId=self.pool):
            for user in page["Users"]:
                known = {one["Name"]: one["Value"] for one in user.get("Attributes", [])}
                state = STATES.get(user["UserStatus"], user["UserStatus"].lower()) if user["Enabled"] else DISABLED
                yield User(known.get("email", user["Username"]), state, f"{user['UserCreateDate']:%Y-%m-%d}")

    def add(self, email: str) -> str:
        """Invite somebody; say how they learn of it."""
        password = _password()
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        try:
            self._invite(email, password, UserAttributes=attributes)
        except Exception as error:
            if error_code(error) == "UsernameExistsException":
                reset = users_command(self._copy, "reset", email)
                raise OpsError(f"{email} may sign in already: `{reset}` invites them anew") from None
            raise
        return self._told(password)

    def remove(self, email: str) -> None:
        """Remove somebody: their open pages end within five minutes."""
        with _there(self._copy, email):
            self._cognito.admin_delete_user(UserPoolId=self.pool, Username=email)

    def reset(self, email: str) -> str:
        """Take somebody's password away, sign them out, and invite them anew; say how they learn of it."""
        password, known = _password(), {"UserPoolId": self.pool, "Username": email}
        with _there(self._copy, email):
            self._cognito.admin_set_user_password(**known, Password=password, Permanent=False)
        # After that: who signed in by the old one in between would stay.
        self._cognito.admin_user_global_sign_out(**known)
        self._invite(email, password, MessageAction="RESEND")
        return self._told(password)

    def _invite(self, email: str, password: str, **more: Any) -> None:
        self._cognito.admin_create_user(
            UserPoolId=self.pool,
            Username=email,
            TemporaryPassword=password,
            DesiredDeliveryMediums=["EMAIL"],
            **more,
        )

    def _told(self, password: str) -> str:
        if self._sends:
            return "Cognito sends the first password by e-mail; it is good for three days"
        return f"the first password, which no e-mail tells here: {password}"


def users_command(copy: str, what: str, *words: str) -> str:
    """Spell the command that does something about users."""
    return " ".join([ops(f"users {what}", copy), *map(shlex.quote, words)])


def nobody(copy: str, before: str = "") -> str:
    """Say how the first user is made, with what the shell needs before."""
    add = users_command(copy, "add", EXAMPLE)
    return f"nobody can sign in yet: `{before}{add}`, by your own e-mail address, invites the first"


def find_users(here: Here, deployment: Deployment) -> Users:
    """Find them, or say how a page gets a sign-in."""
    if pool := deployment.said(outputs.USERS):
        return Users(here, pool)
    turn_on = make("up" if here.aws.embedded else "deploy", here.copy, https="true", sign_in="true")
    raise OpsError(f"the page asks nobody to sign in: `{turn_on}` makes it so")


def who_may(here: Here, deployment: Deployment) -> str | None:
    """Say how many may sign in; None where nobody is asked to."""
    if not deployment.said(outputs.USERS):
        return None
    try:
        many = sum(user.state != DISABLED for user in find_users(here, deployment))
    except Exception as error:
        return f"who may is not known: {in_words(error)}"
    people = "1 person" if many == 1 else f"{many} people"
    return f"{people} may" if many else nobody(here.copy)


def note_if_nobody(here: Here, before: str = "") -> None:
    """Say, after a deploy, how the first user is made; what can't be found out is no fault of the deploy."""
    try:
        if not any(find_users(here, read_deployment(here))):
            note(nobody(here.copy, before))
    except Exception as error:
        note(f"whether anybody can sign in is not known: {in_words(error)}")


@contextmanager
def _there(copy: str, email: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if error_code(error) == "UserNotFoundException":
            raise OpsError(f"there is no user {email}: `{users_command(copy, 'list')}` says who there is") from None
        raise


def _password() -> str:
    """Make one that the pool's policy takes, whatever chance brings."""
    letters = string.ascii_letters + string.digits
    return "".join([*(secrets.choice(letters) for _ in range(16)), "aA1-"])
