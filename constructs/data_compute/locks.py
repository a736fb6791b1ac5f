"""Whether a lock is one for where it is installed: a hash for each package, and a file that can be installed there."""

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from data_compute.requirements import LOCK, TABLES, named_in, without_hash
from data_compute.target import GLIBC, Target


class NoWheelError(ValueError):
    """A package has no file for this Python and processor, and may have one for another."""


@dataclass(frozen=True)
class Package:
    """A package of a lock, and which files it may be: each by its name, and whether it has a hash."""

    name: str
    files: Mapping[str, bool]


def check_lock(file: Path, target: Target) -> None:
    """Raise if a lock leaves open what is installed, or has what cannot be."""
    anew = f"`{shlex.join(lock_command(file, target))}`"
    if file.name == "uv.lock" and not file.with_name("pyproject.toml").is_file():
        raise ValueError(f"{str(file)!r} has no pyproject.toml beside it, which uv needs to install from it: add that")
    unhashed = without_hash(file) if file.name == LOCK else []
    if file.name in TABLES:
        for package in packages_of(file, target):
            fitting = [hashed for name, hashed in package.files.items() if target.takes(name)]
            if not package.files or not all(fitting):
                unhashed.append(package.name)
            elif not fitting:
                raise NoWheelError(
                    f"{str(file)!r} has no wheel of {package.name!r} for Python {target.python} on {target.processor}, "
                    f"and nothing is built there: name a version that has one, then {anew}"
                )
    if unhashed:
        raise ValueError(
            f"{str(file)!r} has no hash for {unhashed[0]!r}, which could be another one tomorrow: name a release of "
            f"it, then {anew}"
        )


def pinned(file: Path, name: str) -> str | None:
    """Give the version of a package to which what says what is installed keeps; None where any may come."""
    if file.name in TABLES:
        lock = tomllib.loads(file.read_text(encoding="utf-8"))
        packages = lock["package" if file.name == "uv.lock" else "packages"]
        return next((package.get("version") for package in packages if package["name"] == name), None)
    exact = (
        one.version
        for found in named_in(file)
        if canonicalize_name(found.name) == name
        for one in found.specifier
        if one.operator in ("==", "===")
    )
    version = next(exact, "")
    least = version.removesuffix(".*")
    # Of 2.* whatever is to come may come, of 2.3.* nothing beyond it.
    return None if version.endswith(".*") and "." not in least else least or None


def lock_command(lock: Path, target: Target) -> list[str]:
    """Spell what makes a lock, from whatever folder one is in."""
    uv, there = _uv(), ["--directory", str(lock.absolute().parent)]
    if lock.name == "uv.lock":
        return [uv, "lock", *there]
    # A requirements.lock has the hashes for every system; a pylock.toml has all files only if it is for all of them,
    # and the laptop is another one than the machine.
    platform = ["--python-platform", f"{target.processor}-manylinux_2_{GLIBC}"]
    systems = platform if lock.name == LOCK and not target.here_too else ["--universal"]
    here = "{}.{}".format(*sys.version_info)
    python = min(target.python, here, key=Version) if target.here_too else target.python
    only = ["--generate-hashes", "--only-binary", ":all:", "--python-version", python, *systems]
    return [uv, "pip", "compile", *there, *only, "requirements.txt", "--output-file", lock.name]


def _uv() -> str:
    """Find uv, which `make` has in an environment that is not the shell's."""
    try:
        from uv import find_uv_bin

        return find_uv_bin()
    except (ImportError, FileNotFoundError):
        return "uv"


def packages_of(file: Path, target: Target) -> list[Package]:
    """List what a pylock.toml or a uv.lock installs on the target."""
    try:
        lock = tomllib.loads(file.read_text(encoding="utf-8"))
        versions = lock.get("requires-python", "")
        if not SpecifierSet(versions).contains(target.full_python):
            raise ValueError(f"it is for Python {versions}, and {target.python} is what runs it")
        return list(_of_uv_lock(lock, target) if file.name == "uv.lock" else _of_pylock(lock, target))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why, anew = str(error).partition("\n")[0], shlex.join(lock_command(file, target))
        raise ValueError(f"{str(file)!r} is no lock to install from ({why}): make it anew with `{anew}`") from error


def _of_pylock(lock: Mapping[str, Any], target: Target) -> Iterator[Package]:
    groups = lock.get("default-groups", [])
    for package in lock["packages"]:
        if target.meets(package.get("marker"), groups):
            kinds = [package[kind] for kind in ("archive", "sdist") if kind in package]
            files = [*package.get("wheels", []), *kinds]
            yield Package(package["name"], {_name(file): bool(file.get("hashes")) for file in files})


def _of_uv_lock(lock: Mapping[str, Any], target: Target) -> Iterator[Package]:
    """Follow what needs what from the project itself: the lock also has what other systems and groups need."""
    packages = lock["package"]
    project = [package for package in packages if "." in package["source"].values()]
    if not project:
        raise ValueError("it is not of the project beside it")
    waiting = [(project[0], "")]
    reached = []
    while waiting:
        package, extra = reading = waiting.pop()
        if reading in reached:
            continue
        reached.append(reading)
        if not extra and package is not project[0]:
            files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            yield Package(package["name"], {_name(file): "hash" in file for file in files})
        needs = package["optional-dependencies"][extra] if extra else package.get("dependencies", [])
        for need in needs:
            if target.meets(need.get("marker")):
                # It says what tells apart several versions of one name.
                said = {key: need[key] for key in ("name", "version", "source") if key in need}
                found = [package for package in packages if said.items() <= package.items()]
                waiting += [(package, extra) for package in found for extra in ("", *need.get("extra", []))]


def _name(file: Mapping[str, Any]) -> str:
    """Name a file by what the lock says of it: its name, or only where it is."""
    place = next(file[key] for key in ("name", "filename", "path", "url") if key in file)
    return re.sub(r".*/|[?#].*", "", place).replace("%2B", "+")
