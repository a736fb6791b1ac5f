"""The accounts that end with a page's sign-in: Cognito keeps nothing of a user pool that is gone."""

from collections.abc import Mapping

from ops.answers.errors import in_words
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.users import Users
from stacks import outputs


def accounts_ending(here: Here, deployed: Mapping[str, str], wanted: Mapping[str, str]) -> str | None:
    """Say how many accounts a deploy ends; None is none.

    :param deployed: the settings that are deployed.
    :param wanted: those that will be.
    """
    if deployed.get("sign_in") != "true" or wanted.get("sign_in") == "true":
        return None
    try:
        pool = read_deployment(here).said(outputs.USERS)
        many = len(list(Users(here, pool))) if pool else 0
    except Exception as error:
        return f"how many accounts end with the sign-in is not known: {in_words(error)}"
    accounts = "1 account ends" if many == 1 else f"{many} accounts end"
    return f"{accounts} with the sign-in, for good: who signs in again later is to be invited anew" if many else None
