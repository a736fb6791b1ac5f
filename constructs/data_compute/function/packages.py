"""The packages that a function brings: those of the lock in its folder, for its own Python and processor."""

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from aws_cdk import FileSystem, IgnoreMode, Stack
from aws_cdk import aws_lambda as lambda_
from packaging.utils import canonicalize_name

from data_compute.function import packing
from data_compute.locks import NoWheelError, check_lock, lock_command, packages_of
from data_compute.requirements import FUNCTIONS_PYTHON, LOCK, PACKAGE, TABLES, is_locked, lines_of, requirements_of
from data_compute.source_files import NEVER_DEPLOYED
from data_compute.target import GLIBC, Target

# What stays behind of a lock, as it is large: Lambda's Python has boto3, newer from time to time.
BOTO3 = ("boto3", "botocore", "s3transfer")
# What requirements may name without a lock: also what boto3 needs. A lock's travels, as others may need just that.
THERE_ALREADY = (*BOTO3, "jmespath", "python-dateutil", "six", "urllib3")
# Lambda's older ones run on Amazon Linux 2, for whose C library hardly any wheel is made; newer ones may come.
RUNTIMES = ("3.14", "3.13", "3.12")
PROCESSORS = {"arm64": "aarch64", "x86_64": "x86_64"}
# Changes with how a function is packed, so that what was packed in another way is another asset.
RECIPE = "1"


@dataclass(frozen=True)
class Packages:
    """What a function brings: a lock beside its code, and where it runs."""

    lock: Path
    target: Target
    bring_boto3: bool

    @property
    def _without(self) -> tuple[str, ...]:
        return () if self.bring_boto3 else BOTO3

    def code(self, stack: Stack) -> lambda_.Code:
        """Pack the code with its packages, if whoever synthesizes means to deploy it."""
        folder, local = self.lock.parent, os.environ.get(FUNCTIONS_PYTHON)
        where = ["--python", local] if local else _platform(self.target)
        # Every checkout's environment has a link of its own to the same Python.
        runs_on = [os.path.realpath(local)] if local else where
        recipe = shlex.join([RECIPE, *runs_on, *["boto3"] * self.bring_boto3])
        exclude, git = list(NEVER_DEPLOYED), IgnoreMode.GIT
        digest = FileSystem.fingerprint(str(folder), exclude=exclude, ignore_mode=git, extra_hash=recipe)
        if not stack.bundling_required:
            # Under a name of its own: were it uploaded, a real deploy would take it for what it has packed already.
            bare = f"{digest}, without its packages"
            return lambda_.Code.from_asset(str(folder), exclude=exclude, ignore_mode=git, asset_hash=bare)
        try:
            packed = packing.pack(self.lock, where, digest, recipe, without=self._without)
        except NoWheelError as error:
            if local:
                anew = _lock_command(self.target)
                raise ValueError(f"{error} for {local}, which runs it on the laptop: lock it by `{anew}`") from None
            words = f"Python {self.target.python} on {self.target.processor}, and nothing is built"
            raise ValueError(f"{error} for {words}: name a version that has one, {self._way_out()}") from None
        return lambda_.Code.from_asset(str(packed), asset_hash=digest)

    def check(self) -> None:
        """Raise if the lock leaves open what is installed, or says that something cannot be."""
        try:
            check_lock(self.lock, self.target)
        except NoWheelError as error:
            raise ValueError(f"{error}; {self._way_out()}") from None

    def _way_out(self) -> str:
        """Look for another architecture or runtime that has all of them."""
        for other in _others(self.target):
            try:
                if self.lock.name in TABLES:
                    check_lock(self.lock, other)
                else:
                    packing.try_out(self.lock, _platform(other), without=self._without)
            except ValueError:
                continue
            architecture = "ARM_64" if other.processor == PROCESSORS["arm64"] else "X86_64"
            return (
                f"or pass architecture=Architecture.{architecture}, "
                f"runtime=Runtime.PYTHON_{other.python.replace('.', '_')}, for which there are all"
            )
        return "no other architecture and no other runtime has all of them either"


def packages_for(
    source: Path, runtime: lambda_.Runtime, architecture: lambda_.Architecture, *, bring_boto3: bool
) -> Packages | None:
    """Find what a function must bring, which is nothing where Lambda has all that its folder asks for."""
    file, target = requirements_of(source), Target(runtime.name.removeprefix("python"), PROCESSORS[architecture.name])
    asked = _asked_in(file, target) if file else []
    if bring_boto3 and not any(_is_of(line, ["boto3"]) for line in asked):
        lock = file.name if file and file.name in TABLES else LOCK
        wishes = "pyproject.toml" if lock == "uv.lock" else "requirements.txt"
        raise ValueError(
            f"bring_boto3 is True, and nothing in {str(source)!r} asks for boto3: add `boto3` to {wishes}, then "
            f"`{_lock_command(target, lock)}` there"
        )
    beyond = [line for line in asked if not _is_of(line, THERE_ALREADY)]
    if file is None or not (beyond or bring_boto3):
        return None
    if not is_locked(file):
        command = _lock_command(target)
        raise ValueError(
            f"{str(file)!r} asks for {(beyond or asked)[0]!r}, which could be another one tomorrow: lock it by "
            f"`{command}` in {str(source)!r}, and the function brings it"
        )
    if _version(target.python) < _version(RUNTIMES[-1]):
        raise ValueError(
            f"runtime {runtime.name!r} runs on Amazon Linux 2, for which hardly any package is made still: pass "
            f"Runtime.PYTHON_{RUNTIMES[-1].replace('.', '_')} or a newer one"
        )
    packages = Packages(file, target, bring_boto3)
    packages.check()
    return packages


def _is_of(line: str, names: Iterable[str]) -> bool:
    """Tell whether a line of requirements asks for one of these; boto3-stubs is not boto3."""
    asked = re.match(r"[\w.-]+", line)
    return asked is not None and canonicalize_name(asked[0]) in names


def _lock_command(target: Target, name: str = LOCK) -> str:
    """Spell how to lock for the older of the function's Python and this one, which runs it on the laptop."""
    older = min(sys.version_info[:2], _version(target.python))
    oldest = replace(target, python=".".join(map(str, older)))
    return shlex.join(lock_command(name, oldest, universal=True))


def _version(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))


def _asked_in(file: Path, target: Target) -> list[str]:
    if file.name in TABLES:
        return [package.name for package in packages_of(file, target)]
    return [line for line in lines_of(file) if PACKAGE.match(line)]


def _platform(target: Target) -> list[str]:
    return ["--python-version", target.python, "--python-platform", f"{target.processor}-manylinux_2_{GLIBC}"]


def _others(target: Target) -> Iterator[Target]:
    """Order what else a function could run on, what changes least first."""
    other = next(processor for processor in PROCESSORS.values() if processor != target.processor)
    for processor in (target.processor, other):
        for python in (target.python, *RUNTIMES):
            found = replace(target, python=python, processor=processor)
            if found != target and (processor == target.processor or python in (target.python, RUNTIMES[-1])):
                yield found
