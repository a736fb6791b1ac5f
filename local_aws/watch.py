"""`watch`: a saved change runs a moment later."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import watchfiles

from local_aws.cloud import Cloud
from local_aws.command import say
from local_aws.errors import LocalAwsError
from local_aws.state import CHECKOUT
from local_aws.swap import APP, FUNCTIONS, belongs, swap_app, swap_function
from local_aws.up import up

# A change of these needs new templates, or a new machine, so a real deploy.
TEMPLATES = [CHECKOUT / name for name in ("app.py", "cdk.json", "constructs", "stacks")]
REQUIREMENTS = {APP / "requirements.txt", APP / "requirements.lock"}
DEBOUNCE_MILLISECONDS = 200


def watch(cloud: Cloud, arguments: Sequence[str]) -> None:
    """Bring changes into what runs until Ctrl-C."""
    paths = [path for path in (APP, FUNCTIONS, *TEMPLATES) if path.exists()]
    say(f"watching {', '.join(path.name for path in paths)}; Ctrl-C ends it")
    for changes in watchfiles.watch(
        *paths,
        watch_filter=lambda _, path: belongs(Path(path)),
        debounce=DEBOUNCE_MILLISECONDS,
        raise_interrupt=True,
    ):
        bring(cloud, {Path(path) for _, path in changes}, arguments)


def bring(cloud: Cloud, changed: set[Path], arguments: Sequence[str]) -> None:
    """Bring one set of changes into what runs, by the quickest way that is true to them."""
    say(f"changed: {', '.join(sorted(str(path.relative_to(CHECKOUT)) for path in changed))}")
    if REQUIREMENTS & changed or any(_within(changed, path) for path in TEMPLATES):
        _try("deployed", lambda: up(cloud.state, arguments))
        return
    cloud.state.swapped.touch()
    if _within(changed, FUNCTIONS):
        _try("new code in place", lambda: swap_function(cloud))
    if _within(changed, APP):
        _try("copied to the machine, server restarted", lambda: swap_app(cloud))


def _within(changed: Iterable[Path], folder: Path) -> bool:
    return any(path.is_relative_to(folder) for path in changed)


def _try(done: str, work: Callable[[], str | None]) -> None:
    """Go on watching whatever happens: the next change may repair it."""
    began = time.monotonic()
    try:
        told = work()
    except LocalAwsError as error:
        say(f"error: {error}")
    else:
        say(f"  {done} after {time.monotonic() - began:.1f} s" + (f"; {told}" if told else ""))
