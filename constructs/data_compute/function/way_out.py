"""On what a function can run, and on which of it a lock has all packages when one is missing on what was asked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from data_compute.function.uv import try_out
from data_compute.locks import check_lock
from data_compute.requirements import TABLES
from data_compute.target import GLIBC, Target

# Lambda's older ones run on Amazon Linux 2, for whose C library hardly any wheel is made; newer ones may come.
RUNTIMES = ("3.14", "3.13", "3.12")
PROCESSORS = {"arm64": "aarch64", "x86_64": "x86_64"}


def way_out(lock: Path, target: Target, *, without: Sequence[str]) -> str:
    """Look for another architecture or runtime that has all of them."""
    for other in _others(target):
        try:
            if lock.name in TABLES:
                check_lock(lock, other)
            else:
                try_out(lock, platform_of(other), without=without)
        except ValueError:
            continue
        architecture = "ARM_64" if other.processor == PROCESSORS["arm64"] else "X86_64"
        return (
            f"or pass architecture=Architecture.{architecture}, "
            f"runtime=Runtime.PYTHON_{other.python.replace('.', '_')}, for which there are all"
        )
    return "no other architecture and no other runtime has all of them either"


def platform_of(target: Target) -> list[str]:
    """Give uv's words for what Lambda runs it on."""
    return ["--python-version", target.python, "--python-platform", f"{target.processor}-manylinux_2_{GLIBC}"]


def _others(target: Target) -> Iterator[Target]:
    """Order what else a function could run on, what changes least first."""
    other = next(processor for processor in PROCESSORS.values() if processor != target.processor)
    for processor in (target.processor, other):
        for python in (target.python, *RUNTIMES):
            found = replace(target, python=python, processor=processor)
            if found != target and (processor == target.processor or python in (target.python, RUNTIMES[-1])):
                yield found
