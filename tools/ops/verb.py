"""What every verb has in common: it works on a copy in an AWS, can answer in JSON, and fails in words."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ops.answers.options import Copy, Endpoint, Json, Profile, Region
from ops.answers.speaking import speaking
from ops.answers.spelling import in_the_same_aws
from ops.cloud.clients import Aws
from ops.cloud.here import Here
from ops.cloud.identity import check_refusal
from stacks.checks import check_copy
from stacks.copy_settings import MAIN


def _here(
    *,
    copy: Copy = MAIN,
    region: Region = None,
    profile: Profile = None,
    endpoint: Endpoint = None,
    as_json: Json = False,
) -> Here:
    check_copy(copy)
    return Here(Aws(region, profile, endpoint), copy, as_json)


# The options of all verbs, and of those that are about no one copy.
COMMON = dict(inspect.signature(_here).parameters)
OF_ALL_COPIES = {name: option for name, option in COMMON.items() if name != "copy"}


def verb(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command of a function whose first parameter is ``here: Here``: the options of all verbs fill it."""
    return _command(function, COMMON)


def verb_of_all_copies(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command that takes no ``--copy``."""
    return _command(function, OF_ALL_COPIES)


def _command(function: Callable[..., Any], common: Mapping[str, inspect.Parameter]) -> Callable[..., Any]:
    @speaking
    def work(**options: Any) -> None:
        here = _here(**{name: options.pop(name) for name in common})
        try:
            function(here=here, **options)
        except Exception as error:
            check_refusal(here.aws, error)
            raise

    @functools.wraps(function)
    def command(**options: Any) -> None:
        # Around the errors too: their words name the AWS that was typed.
        with in_the_same_aws(options["region"], options["profile"], options["endpoint"]):
            work(**options)

    own = list(inspect.signature(function).parameters.values())[1:]
    parameters = [parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in (*own, *common.values())]
    # typer reads a command's options from here.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command
