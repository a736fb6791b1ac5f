"""Packs a function with its packages into one zip, by uv and without Docker: the same bytes on every machine."""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from data_compute.locks import NoWheelError
from data_compute.source_files import deployed_files

# Beside the packages of the project that synthesizes, as what is kept goes with them.
VENV = Path(sys.prefix) / "cache"
CACHE = (VENV if sys.prefix != sys.base_prefix else Path.home() / ".cache" / "data_compute") / "functions"
KEPT = 20
# Of a function's files and layers, unzipped.
MOST_BYTES = 250 * 1024 * 1024
# What nothing imports, and what says where and how it was installed.
LEFT_OUT = re.compile(
    r"bin/|(.*/)?(__pycache__|tests)/|.*\.pyi$|\.lock$"
    r"|[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$"
)
NO_WHEEL = re.compile(r"(?:Because (\S+) has no (?:usable )?wheels|Package `(\S+)` can't be installed)")


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
        # Another synthesis may do the same now.
        with suppress(FileNotFoundError):
            for old in sorted(CACHE.glob("*.zip"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
                old.unlink()
    # Those that are used stay.
    packed.touch()
    return packed


def try_out(lock: Path, where: Sequence[str], *, without: Sequence[str]) -> None:
    """Raise unless all packages of a lock are there for what they are to run on; install nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        _install(lock, where, Path(scratch), "--dry-run", without=without)


def _packages(lock: Path, where: Sequence[str], recipe: str, *, without: Sequence[str]) -> Path:
    """Give the zip of the packages alone, which stays while the code changes."""
    said = [recipe.encode(), lock.read_bytes()]
    packed = CACHE / f"packages-{hashlib.sha256(b' '.join(said)).hexdigest()}.zip"
    if not packed.exists():
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            tree, draft = Path(scratch) / "tree", Path(scratch) / "draft.zip"
            _install(lock, where, tree, without=without)
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
    if (size := sizes.total()) > MOST_BYTES:
        biggest = ", ".join(f"{name} {size // 2**20} MB" for name, size in sizes.most_common(3))
        raise ValueError(
            f"{str(lock)!r} and what is beside it are {size // 2**20} MB, and Lambda takes {MOST_BYTES // 2**20}, "
            f"unzipped: do without the biggest ({biggest}), or run the work on a machine"
        )


def _install(lock: Path, where: Sequence[str], tree: Path, *options: str, without: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        left_out = Path(scratch) / "left_out.txt"
        left_out.write_text("\n".join(without), encoding="utf-8")
        file = lock
        if lock.name == "uv.lock":
            file = Path(scratch) / "requirements.txt"
            export = ["export", "--frozen", "--no-default-groups", "--no-emit-project", "--no-header"]
            _uv(lock, *export, "--output-file", str(file))
        install = ["pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(tree)]
        python = [] if "--python" in where else ["--python", sys.executable]
        install += [*python, *where, "--excludes", str(left_out), "--requirement", str(file), *options]
        try:
            # The network is for what was never fetched.
            _uv(lock, *install, "--offline")
        except ValueError:
            _uv(lock, *install)


def _uv(lock: Path, *arguments: str) -> None:
    try:
        from uv import find_uv_bin
    except ImportError:
        raise ValueError(
            f"{str(lock)!r} is installed by uv, which is not there: pip install 'cdk-data-compute[packages]'"
        ) from None
    told = subprocess.run(  # noqa: S603
        [find_uv_bin(), *arguments, "--quiet", "--no-python-downloads", "--directory", str(lock.parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        if missing := NO_WHEEL.search(told.stderr):
            package = re.sub(r"\{.*?\}", "", missing[1] or missing[2])
            raise NoWheelError(f"{str(lock)!r} has no wheel of {package!r}")
        raise ValueError(f"the packages of {str(lock)!r} cannot be installed:\n{told.stderr.strip()}")
