"""The packages that a function brings: those of the lock in its folder, for its own Python and processor."""

import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import FileSystem, IgnoreMode, Stack
from aws_cdk import aws_lambda as lambda_
from packaging.utils import canonicalize_name
from packaging.version import Version

from data_compute.function.packing import pack
from data_compute.function.stale import check_not_stale
from data_compute.function.way_out import PROCESSORS, RUNTIMES, platform_of, way_out
from data_compute.locks import NoWheelError, check_lock, lock_command, packages_of
from data_compute.requirements import FUNCTIONS_PYTHON, LOCK, PACKAGE, TABLES, is_locked, lines_of, requirements_of
from data_compute.source_files import NEVER_DEPLOYED
from data_compute.target import Target

# What stays behind of a lock, as it is large: Lambda's Python has boto3, newer from time to time.
BOTO3 = ("boto3", "botocore", "s3transfer")
# What requirements may name without a lock: also what boto3 needs. A lock's travels, as others may need just that.
THERE_ALREADY = (*BOTO3, "jmespath", "python-dateutil", "six", "urllib3")
# Changes with how a function is packed, so that what was packed in another way is another asset.
RECIPE = "2"


@dataclass(frozen=True)
class Packages:
    """What a function brings: a lock beside its code, and where it runs."""

    lock: Path
    target: Target
    bring_boto3: bool

    @property
    def _without(self) -> tuple[str, ...]:
        return () if self.bring_boto3 else BOTO3

    @property
    def _local(self) -> str | None:
        return os.environ.get(FUNCTIONS_PYTHON)

    @property
    def _way_out(self) -> str:
        return way_out(self.lock, self.target, without=self._without)

    def code(self, stack: Stack) -> lambda_.Code:
        """Pack the code with its packages, if whoever synthesizes means to deploy it."""
        folder, recipe = self.lock.parent, self._recipe()
        exclude, git = list(NEVER_DEPLOYED), IgnoreMode.GIT
        digest = FileSystem.fingerprint(str(folder), exclude=exclude, ignore_mode=git, extra_hash=recipe)
        if not stack.bundling_required:
            # Under a name of its own: were it uploaded, a real deploy would take it for what it has packed already.
            bare = f"{digest}, without its packages"
            return lambda_.Code.from_asset(str(folder), exclude=exclude, ignore_mode=git, asset_hash=bare)
        try:
            packed = pack(self.lock, self._where(), digest, recipe, without=self._without)
        except NoWheelError as error:
            raise self._explained(error) from None
        return lambda_.Code.from_asset(str(packed), asset_hash=digest)

    def check(self) -> None:
        """Raise if the lock leaves open what is installed, or says that something cannot be."""
        try:
            check_lock(self.lock, self.target)
        except NoWheelError as error:
            raise ValueError(f"{error}; {self._way_out}") from None

    def _where(self) -> list[str]:
        """Give uv's words for what runs it: Lambda, or this laptop's Python."""
        return ["--python", self._local] if self._local else platform_of(self.target)

    def _recipe(self) -> str:
        """Give what beside the lock makes the packages what they are."""
        # Every checkout's environment has a link of its own to the same Python.
        runs_on = [os.path.realpath(self._local)] if self._local else self._where()
        return shlex.join([RECIPE, *runs_on, *["boto3"] * self.bring_boto3])

    def _explained(self, error: NoWheelError) -> ValueError:
        if self._local:
            anew = shlex.join(lock_command(self.lock, self.target))
            return ValueError(f"{error} for {self._local}, which runs it on the laptop: lock it by `{anew}`")
        words = f"Python {self.target.python} on {self.target.processor}, and nothing is built"
        return ValueError(f"{error} for {words}: name a version that has one, {self._way_out}")


def packages_for(
    source: Path, runtime: lambda_.Runtime, architecture: lambda_.Architecture, *, bring_boto3: bool
) -> Packages | None:
    """Find what a function must bring, which is nothing where Lambda has all that its folder asks for."""
    file, python = requirements_of(source), runtime.name.removeprefix("python")
    target = Target(python, PROCESSORS[architecture.name], here_too=True)
    if file:
        check_not_stale(file, target)
    asked = _asked_in(file, target) if file else []
    if bring_boto3 and not any(_is_of(line, BOTO3) for line in asked):
        lock = file.name if file and file.name in TABLES else LOCK
        wishes = "pyproject.toml" if lock == "uv.lock" else "requirements.txt"
        raise ValueError(
            f"bring_boto3 is True, and nothing in {str(source)!r} asks for boto3: add `boto3` to {wishes}, then "
            f"`{shlex.join(lock_command(source / lock, target))}`"
        )
    beyond = [line for line in asked if not _is_of(line, THERE_ALREADY)]
    if file is None or not (beyond or bring_boto3):
        return None
    if not is_locked(file):
        command = shlex.join(lock_command(source / LOCK, target))
        raise ValueError(
            f"{str(file)!r} asks for {(beyond or asked)[0]!r}, which could be another one tomorrow: lock it by "
            f"`{command}`, and the function brings it"
        )
    if Version(python) < Version(RUNTIMES[-1]):
        raise ValueError(
            f"runtime {runtime.name!r} runs on Amazon Linux 2, for which hardly any package is made still: pass "
            f"Runtime.PYTHON_{RUNTIMES[-1].replace('.', '_')} or a newer one"
        )
    if not bring_boto3 and any(_is_of(line, ["aiobotocore"]) for line in asked):
        raise ValueError(
            f"{str(file)!r} has aiobotocore, which takes hardly any botocore but the one that it was locked with, and "
            "Lambda's own is another: pass bring_boto3=True"
        )
    packages = Packages(file, target, bring_boto3)
    packages.check()
    return packages


def _is_of(line: str, names: Iterable[str]) -> bool:
    """Tell whether a line of requirements asks for one of these; boto3-stubs is not boto3."""
    asked = re.match(r"[\w.-]+", line)
    return asked is not None and canonicalize_name(asked[0]) in names


def _asked_in(file: Path, target: Target) -> list[str]:
    if file.name in TABLES:
        return [package.name for package in packages_of(file, target)]
    return [line for line in lines_of(file) if PACKAGE.match(line)]
