"""`watch`: a saved change of what is deployed runs a moment later."""

import os
import time
from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path

import watchfiles

from data_compute.requirements import FILES
from local_aws import sources
from local_aws.cloud import Cloud
from local_aws.commands.up import up
from local_aws.sources import Source
from local_aws.spelling import spell
from local_aws.swap import belongs, swap
from ops.answers.errors import OpsError
from ops.answers.output import say
from stacks.setting import CHECKOUT

# A change of these needs new templates, or a new machine, so a real deploy.
TEMPLATES = [CHECKOUT / name for name in ("app.py", "cdk.json", "constructs", "stacks")]
DEBOUNCE_MILLISECONDS = 200


def watch(cloud: Cloud, copy: str) -> None:
    """Bring changes into what runs until Ctrl-C."""
    while True:
        followed = sources.deployed(cloud.state, copy)
        if not followed:
            raise OpsError(f"the copy {copy} is not up: `{spell(cloud.state, 'up', copy)}` deploys it")
        _follow(cloud, copy, followed)


def _follow(cloud: Cloud, copy: str, followed: list[Source]) -> None:
    """Bring changes into what runs until an `up`, of whoever, has made it of other folders."""
    record = cloud.state.deployment(copy)
    places = {source.folder: source.folder for source in followed} | dict.fromkeys(TEMPLATES, CHECKOUT)
    paths = [path for path in places if path.exists()]
    say(f"watching {', '.join(map(_shown, paths))}; Ctrl-C ends it")
    for changes in watchfiles.watch(
        *paths,
        record.parent,
        watch_filter=lambda _, path: Path(path) == record or wakes(Path(path), places.items()),
        debounce=DEBOUNCE_MILLISECONDS,
        raise_interrupt=True,
    ):
        changed = {Path(path) for _, path in changes} - {record}
        if changed:
            bring(cloud, copy, followed, changed)
        if sources.deployed(cloud.state, copy) != followed:
            return


def wakes(path: Path, places: Iterable[tuple[Path, Path]]) -> bool:
    """Tell whether a change of a file matters: it is in one of the places, each with the folder that it travels in."""
    return any(path.is_relative_to(place) and belongs(path, folder) for place, folder in places)


def bring(cloud: Cloud, copy: str, followed: Iterable[Source], changed: Collection[Path]) -> None:
    """Bring one set of changes into what runs, by the quickest way that is true to them."""
    say(f"changed: {', '.join(sorted(map(_shown, changed)))}")
    touched = [source for source in followed if _within(changed, source.folder)]
    if any(_within(changed, path) for path in TEMPLATES) or any(_needs_deploy(source, changed) for source in touched):
        _try("deployed", lambda: up(cloud.state, copy, {}))
        return
    cloud.state.swapped(copy).touch()
    for source in touched:
        _try("new code in place", partial(swap, cloud, copy, source))


def _needs_deploy(source: Source, changed: Iterable[Path]) -> bool:
    """Tell whether packages are wanted, or a script is gone that may have been the one to run."""
    return source.with_packages or any(
        path.parent == source.folder and (path.name in FILES or (path.suffix == ".py" and not path.exists()))
        for path in changed
    )


def _within(changed: Iterable[Path], folder: Path) -> bool:
    return any(path.is_relative_to(folder) for path in changed)


def _shown(path: Path) -> str:
    """Name a file as somebody in the checkout would; a person's own app may lie outside of it."""
    return os.path.relpath(path, CHECKOUT)


def _try(done: str, work: Callable[[], str | None]) -> None:
    """Go on watching whatever happens: the next change may repair it."""
    began = time.monotonic()
    try:
        told = work()
    except OpsError as error:
        say(f"error: {error}")
    else:
        say(f"  {done} after {time.monotonic() - began:.1f} s" + (f"; {told}" if told else ""))
