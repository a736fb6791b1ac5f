"""What every verb has in common: where it works, --json, and errors in words."""

import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from ops.clients import Aws
from ops.errors import in_words
from ops.output import note, say, say_json
from stacks.checks import check_values
from stacks.copy_settings import MAIN, named

Copy = Annotated[str, typer.Option("--copy", metavar="NAME", help="The copy of the app; the first is main.")]
Region = Annotated[str | None, typer.Option("--region", metavar="NAME", help="Default: AWS_REGION, or the profile's.")]
Profile = Annotated[str | None, typer.Option("--profile", metavar="NAME", help="Default: AWS_PROFILE.")]
Endpoint = Annotated[str | None, typer.Option("--endpoint-url", metavar="URL", help="Default: AWS_ENDPOINT_URL.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


@dataclass(frozen=True)
class Here:
    """Where a verb works, and how it answers."""

    aws: Aws
    copy: str
    json: bool

    def stack_name(self, name: str) -> str:
        """Name a stack of the copy."""
        return named(name, self.copy)

    def answer(self, facts: Any, text: str) -> None:
        """Print the result: facts for scripts, text for people."""
        if self.json:
            say_json(facts)
        else:
            say(text)


def speaking(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command that says in words why it failed, and exits with 1."""

    @functools.wraps(function)
    def command(**options: Any) -> None:
        try:
            function(**options)
        except KeyboardInterrupt:
            note("stopped")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            # Whoever read our output has had enough of it, as `| head` does.
            sys.stdout = None
            raise typer.Exit(0) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if sys.flags.dev_mode:
                raise
            note(f"error: {in_words(error)}")
            raise typer.Exit(1) from None

    return command


def verb(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command of a function whose first parameter is ``here: Here``: the options of all verbs fill it."""

    @functools.wraps(function)
    def command(
        *, copy: str, region: str | None, profile: str | None, endpoint: str | None, as_json: bool, **own: Any
    ) -> None:
        check_values({"copy": copy})
        function(here=Here(Aws(region, profile, endpoint), copy or MAIN, as_json), **own)

    common = {
        "copy": (Copy, MAIN),
        "region": (Region, None),
        "profile": (Profile, None),
        "endpoint": (Endpoint, None),
        "as_json": (Json, False),
    }
    own = list(inspect.signature(function).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [parameter.replace(kind=keyword) for parameter in own]
    parameters += [
        inspect.Parameter(name, keyword, annotation=annotation, default=default)
        for name, (annotation, default) in common.items()
    ]
    made = speaking(command)
    # typer reads a command's options from here.
    made.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    made.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return made
