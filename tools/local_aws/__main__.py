"""The command line: ``python -m local_aws``."""

import errno
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from local_aws import cloud as clouds
from local_aws import environment
from local_aws.cloud import Cloud
from local_aws.commands.logs import Source
from local_aws.errors import LocalAwsError
from local_aws.state import State
from ops.answers.errors import OpsError
from ops.answers.options import Copy
from ops.answers.terminal import shown
from ops.told.words import settle
from stacks.copy_settings import MAIN
from stacks.setting import SettingsError
from stacks.streamlit_settings import ZONES

main = typer.Typer(
    help="The whole cloud on this laptop: an embedded AWS, deployed to by the real CDK command line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Context = Annotated[
    list[str],
    typer.Option("--context", "-c", metavar="KEY=VALUE", help="A setting, as `cdk deploy -c` takes it; repeatable."),
]


def _words(given: list[str], copy: str) -> dict[str, str]:
    """Check what a person has typed before anything runs, and give it with what it means."""
    for one in given:
        if "=" not in one:
            raise LocalAwsError(f"-c {one}: give a setting as KEY=VALUE, such as -c port=8502")
    words = dict(one.split("=", 1) for one in given)
    if copy != MAIN and words.setdefault("copy", copy) != copy:
        raise LocalAwsError(f"-c copy={words['copy']} and --copy {copy} are two copies: name one")
    try:
        # Every zone of the laptop has every type.
        return settle(words, lambda _: ZONES[0])
    except (OpsError, SettingsError) as error:
        raise LocalAwsError(str(error)) from None


def _state() -> State:
    """Locate the state folder, and make this command as isolated as what it starts."""
    state = State.of_checkout()
    environment.isolate(state)
    return state


def _running() -> Cloud:
    cloud = clouds.find(_state())
    if not cloud:
        raise LocalAwsError("nothing is up: `make up` starts it")
    return cloud


@main.command()
def up(context: Context = [], copy: Copy = MAIN) -> None:  # noqa: B006 - typer reads the default
    """Start the embedded AWS, deploy both stacks to it and wait until they answer. When up: deploy what changed.

    The settings stay for the next up; KEY= alone goes back to the default.
    """
    from local_aws.commands.up import up

    # Before the state: what a path is relative to, and whose home ~ is, is the person's own.
    words = _words(context, copy)
    up(_state(), words.pop("copy", "") or MAIN, words)


@main.command()
def down(
    keep: Annotated[bool, typer.Option("--keep", help="Keep what is deployed and stored for the next up.")] = False,
) -> None:
    """Stop everything and remove it."""
    from local_aws.commands.down import down

    down(_state(), keep=keep)


@main.command()
def status(copy: Copy = MAIN) -> None:
    """Print what runs where."""
    from local_aws.commands.status import status

    status(_running(), copy)


@main.command()
def logs(
    source: Annotated[Source | None, typer.Argument(help="Whose; all of them if left out.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    copy: Copy = MAIN,
) -> None:
    """Print the log of the function and its API, of the app and its machine, or of the embedded AWS."""
    from local_aws.commands.logs import logs

    logs(_running(), source, copy, follow=follow)


@main.command()
def env() -> None:
    """Print shell lines that point the aws command, and every AWS SDK, at the embedded AWS."""
    cloud = _running()
    for name, value in environment.aws(cloud.state, cloud.endpoint).items():
        print(f"export {name}={shlex.quote(value)}")
    print("export AWS_PAGER=''")
    print('export NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}"')
    print("unset AWS_PROFILE AWS_SESSION_TOKEN AWS_CA_BUNDLE")
    print(f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"')


@main.command()
def watch(copy: Copy = MAIN) -> None:
    """Bring every saved change of what is deployed into what runs, until Ctrl-C."""
    from local_aws.commands.watch import watch

    watch(_running(), copy)


def run() -> None:
    """Run a command; what goes wrong becomes one line and an exit status."""
    try:
        main(prog_name="python -m local_aws")
    except LocalAwsError as error:
        sys.exit(f"error: {shown(str(error))}")
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.exit(f"error: no space is left for {State.of_checkout().folder}: free some and run this again")
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    run()
