"""Packs a function with its packages into one zip, the same bytes on every machine."""

import hashlib
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from data_compute.function.uv import install
from data_compute.source_files import deployed_files

# Beside the packages of the project that synthesizes, as what is kept goes with them.
IN_VENV, AT_HOME = Path(sys.prefix) / "cache", Path.home() / ".cache" / "data_compute"
CACHE = (IN_VENV if sys.prefix != sys.base_prefix else AT_HOME) / "functions"
# Since their last use: each change makes another zip of a function, in no time once its packages have theirs.
DAYS_KEPT, DAYS_PACKAGES_KEPT = 1, 30
# What Lambda takes of a function's files and layers, unzipped.
MOST_MIB, MIB = 250, 2**20
# What nothing imports, and what says where and how it was installed. The tests of these four are 45 MB; other packages
# import theirs, as astropy does, or read their stubs, as scikit-image does.
LEFT_OUT = re.compile(
    r"bin/|(.*/)?__pycache__/|(numpy|pandas|scipy|sklearn)/(.*/)?tests/|\.lock$"
    r"|[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$"
)


def pack(lock: Path, where: Sequence[str], digest: str, recipe: str, *, without: Sequence[str]) -> Path:
    """Give the zip of a folder and its packages, which is made unless it is there.

    :param where: uv's words for what it is to run on.
    :param recipe: what beside the lock makes the packages what they are.
    :param without: packages of the lock that stay behind.
    """
    packed = CACHE / f"{digest}.zip"
    if not packed.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            draft = Path(scratch) / "draft.zip"
            shutil.copyfile(_packages(lock, where, recipe, without=without), draft)
            with zipfile.ZipFile(draft, "a") as archive:
                brought = set(archive.namelist())
                for name, file in deployed_files(lock.parent):
                    if name in brought:
                        raise ValueError(f"{str(file)!r} is a file of a package too: give it another name")
                    _add(archive, name, file)
                _check_size(lock, archive.infolist())
            draft.replace(packed)
        for file in CACHE.glob("*.zip"):
            days = DAYS_PACKAGES_KEPT if file.name.startswith("packages-") else DAYS_KEPT
            # Another synthesis may do the same now.
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < time.time() - days * 24 * 60 * 60:
                    file.unlink()
    # Those that are used stay.
    packed.touch()
    return packed


def _packages(lock: Path, where: Sequence[str], recipe: str, *, without: Sequence[str]) -> Path:
    """Give the zip of the packages alone, which stays while the code changes."""
    said = [recipe.encode(), lock.read_bytes()]
    packed = CACHE / f"packages-{hashlib.sha256(b' '.join(said)).hexdigest()}.zip"
    if not packed.exists():
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            tree, draft = Path(scratch) / "tree", Path(scratch) / "draft.zip"
            install(lock, where, tree, without=without)
            with zipfile.ZipFile(draft, "w") as archive:
                for name, file in sorted(_installed(tree)):
                    _add(archive, name, file)
            draft.replace(packed)
    packed.touch()
    return packed


def _installed(tree: Path) -> Iterator[tuple[str, Path]]:
    for file in tree.rglob("*"):
        name = file.relative_to(tree).as_posix()
        if file.is_file() and not LEFT_OUT.match(name):
            yield name, file


def _add(archive: zipfile.ZipFile, name: str, file: Path) -> None:
    """Add a file without what differs from one machine to the other: its date, its owner, its rights but to be run."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.compress_type = 3, zipfile.ZIP_DEFLATED
    info.external_attr = (0o100755 if file.stat().st_mode & 0o100 else 0o100644) << 16
    archive.writestr(info, file.read_bytes())


def _check_size(lock: Path, files: Sequence[zipfile.ZipInfo]) -> None:
    sizes: Counter[str] = Counter()
    for file in files:
        # The libraries of numpy are in numpy.libs.
        sizes[file.filename.partition("/")[0].removesuffix(".libs")] += file.file_size
    if (total := sizes.total() / MIB) > MOST_MIB:
        biggest = ", ".join(f"{name} {size / MIB:.0f} MiB" for name, size in sizes.most_common(3))
        raise ValueError(
            f"{str(lock)!r} and what is beside it are {total:.0f} MiB, and Lambda takes {MOST_MIB}, unzipped: "
            f"do without the biggest ({biggest}), or run the work on a machine"
        )
