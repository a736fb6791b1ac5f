"""Whether a function's lock still has what its requirements ask for."""

import shlex
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from data_compute.locks import lock_command
from data_compute.requirements import LOCK, named_in
from data_compute.target import Target


def check_not_stale(lock: Path, target: Target) -> None:
    """Raise if a line was added to the requirements, or changed, since the lock was made of them."""
    source = lock.with_name("requirements.txt")
    if lock.name != LOCK or not source.is_file():
        return
    locked = list(named_in(lock))
    for asked in named_in(source):
        wanted = target.meets(str(asked.marker) if asked.marker else None)
        if wanted and not any(_is(found, asked) for found in locked):
            raise ValueError(
                f"{str(source)!r} asks for '{asked}', which {LOCK} lacks: lock it anew by "
                f"`{shlex.join(lock_command(lock, target))}`"
            )


def _is(found: Requirement, asked: Requirement) -> bool:
    """Tell whether what is locked, which is one version, is one that is asked for."""
    return canonicalize_name(found.name) == canonicalize_name(asked.name) and all(
        asked.specifier.contains(exact.version, prereleases=True) for exact in found.specifier
    )
