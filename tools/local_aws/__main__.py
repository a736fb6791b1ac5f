"""The command line: ``python -m local_aws``."""

from pathlib import Path
from typing import Annotated

import typer

from local_aws import cloud as clouds
from local_aws import environment
from local_aws.cloud import Cloud
from local_aws.commands.logs import Name
from local_aws.spelling import spell
from local_aws.state import USUAL, State
from ops.answers.errors import OpsError
from ops.answers.options import Copy
from ops.answers.speaking import speaking
from ops.told.cdk_command import take_settings
from ops.told.looked_up import ON_THIS_LAPTOP
from ops.told.words import settle
from stacks.checks import check_copy
from stacks.copy_settings import MAIN

main = typer.Typer(
    help="The whole cloud on this laptop: an embedded AWS, deployed to by the real CDK command line.",
    no_args_is_help=True,
    add_completion=False,
    # Plain help needs no rich, which takes as long to load as all the rest.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Context = Annotated[
    list[str],
    typer.Option("--context", "-c", metavar="KEY=VALUE", help="A setting, as `cdk deploy -c` takes it; repeatable."),
]
Folder = Annotated[
    Path,
    typer.Option(
        "--state",
        envvar="LOCAL_AWS_STATE",
        metavar="FOLDER",
        show_default=USUAL.name,
        help="Where it keeps all that it writes; another folder is another embedded AWS.",
    ),
]
Which = Annotated[Name | None, typer.Argument(help="Whose; all of them if left out.", show_default=False)]
Unset = Annotated[bool, typer.Option("--unset", help="Undo that. What the shell had before does not come back.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")]


def _words(given: list[str], copy: str) -> dict[str, str]:
    """Check what a person has typed before anything runs, and give it with what it means."""
    no_settings, words = take_settings([word for one in given for word in ("-c", one)])
    if no_settings:
        raise OpsError(f"{' '.join(no_settings)}: give a setting as KEY=VALUE, such as -c port=8502")
    if copy != MAIN and words.setdefault("copy", copy) != copy:
        raise OpsError(f"-c copy={words['copy']} and --copy {copy} are two copies: name one")
    return settle(words, ON_THIS_LAPTOP)


def _isolated(folder: Path) -> State:
    """Locate the state folder, and make this command as isolated as what it starts."""
    state = State(folder.resolve())
    environment.isolate(state)
    return state


def _running(folder: Path, copy: str = MAIN) -> Cloud:
    check_copy(copy)
    state = _isolated(folder)
    cloud = clouds.find(state)
    if not cloud:
        raise OpsError(f"nothing is up: `{spell(state, 'up')}` starts it")
    cloud.check()
    return cloud


@main.command()
@speaking
def up(context: Context = [], copy: Copy = MAIN, state: Folder = USUAL) -> None:  # noqa: B006 - typer reads the default
    """Start the embedded AWS and deploy to it.

    Waits until page and function answer. When it is up: deploys what has changed.
    The settings stay for the next up; KEY= alone goes back to the default.
    """
    from local_aws.commands.up import up

    # Before the state: what a path is relative to, and whose home ~ is, is the person's own.
    words = _words(context, copy)
    up(_isolated(state), words.pop("copy", "") or MAIN, words)


@main.command()
@speaking
def down(
    keep: Annotated[bool, typer.Option("--keep", help="Keep what is deployed and stored for the next up.")] = False,
    state: Folder = USUAL,
) -> None:
    """Stop everything and remove it."""
    from local_aws.commands.down import down

    down(_isolated(state), keep=keep)


@main.command()
@speaking
def status(copy: Copy = MAIN, state: Folder = USUAL) -> None:
    """Show what runs, and where.

    What `python -m ops status` shows, and what only this laptop knows.
    """
    from local_aws.commands.status import status

    status(_running(state, copy), copy)


@main.command()
@speaking
def rights(state: Folder = USUAL) -> None:
    """Show which rights were used, and fail on a denial or a right granted for nothing.

    By role, of every stack that is deployed.
    """
    from local_aws.commands.rights import rights

    rights(_running(state))


@main.command()
@speaking
def fidelity(state: Folder = USUAL) -> None:
    """Show what is proved of each property that is deployed, what is only stored, and what is ignored.

    By resource type, of every stack. What is proved has a test, which is named.
    """
    from local_aws.commands.fidelity import fidelity

    fidelity(_running(state))


@main.command()
@speaking
def logs(source: Which = None, follow: Follow = False, copy: Copy = MAIN, state: Folder = USUAL) -> None:
    """Print a log, or all of them.

    aws is the embedded AWS's own.
    """
    from local_aws.commands.logs import logs

    logs(_running(state, copy), source, copy, follow=follow)


@main.command()
@speaking
def env(unset: Unset = False, state: Folder = USUAL) -> None:
    """Print shell lines that point AWS's tools at it.

    The aws command and every AWS SDK, after `eval`.
    """
    from local_aws.commands.env import point_at, point_back

    if unset:
        point_back(State(state))
    else:
        point_at(_running(state))


@main.command()
@speaking
def watch(copy: Copy = MAIN, state: Folder = USUAL) -> None:
    """Bring each saved change into what runs.

    Until Ctrl-C.
    """
    from local_aws.commands.watch import watch

    watch(_running(state, copy), copy)


if __name__ == "__main__":
    # Also where only help is printed, such as onto a full disk.
    speaking(main)(prog_name="python -m local_aws")
