"""What never leaves the laptop with a folder of sources, so that the same sources give the same asset anywhere.

What the lists in `never_deployed/` name stays behind: caches without a word, and by name the tests and what people keep
for local runs. A file that looks like a key, by a name in `keys.txt` or by what is in it, is an error: it
is there by mistake, and nothing that the code may need is missing on AWS without a word.
"""

import fnmatch
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from aws_cdk import IgnoreStrategy
from constructs import IConstruct


def _patterns(name: str) -> Sequence[str]:
    lines = Path(__file__).with_name("never_deployed").joinpath(name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


# What the code might miss.
TOLD = (*_patterns("tests.txt"), *_patterns("passwords.txt"))
LEFT_BEHIND = (*_patterns("litter.txt"), *TOLD)
KEYS = _patterns("keys.txt")
# For IgnoreMode.GIT: with IgnoreMode.GLOB a * would leave out names that begin with a dot.
NEVER_DEPLOYED = (*LEFT_BEHIND, *KEYS)

# The type of the metadata that names a resource's folder; `make watch` reads it (tools/local_aws/sources.py).
SOURCE = "data-compute:source"
# And this one, that more than the folder's own files run.
WITH_PACKAGES = "data-compute:packages"

# How many files a line names.
SHOWN = 5

# Long enough for a chain of certificates with the key behind it; a file of data is not read to its end.
LOOKED_AT = 64 * 1024
_BEGIN = rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
_LINES = rb"(?:[\s\"'+]|\\[rn]|[A-Za-z-]+: [^\r\n\\]*(?:[\r\n]|\\[rn]))*"
# At the beginning of a file, or with a key behind it: code that knows the words is no key.
PRIVATE_KEY = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*" + _BEGIN + rb"|\APuTTY-User-Key-File-|" + _BEGIN + _LINES + rb"[A-Za-z0-9+/]{40}"
)
_SECRET = rb"(?<![A-Za-z0-9/+])(?![A-Za-z0-9/+]*EXAMPLE)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
ACCESS_KEY = re.compile(
    rb"\bA[KS]IA(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b.{0,200}?" + _SECRET + rb"|"
    rb"(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|SecretAccessKey)[\s\"':=]+" + _SECRET,
    re.DOTALL,
)
# What a file holds, by a pattern that is slow, and by words without which there is no need to look.
HOLDS = {
    "a private key": (PRIVATE_KEY, (b"PRIVATE KEY", b"PuTTY-User-Key-File-")),
    "an access key of AWS": (ACCESS_KEY, (b"AKIA", b"ASIA", b"_access_key", b"_ACCESS_KEY", b"SecretAccessKey")),
}


def note_source(resource: IConstruct, folder: Path, *, with_packages: bool = False) -> None:
    """Note which folder a resource runs: in the assembly, so for whoever deployed it, and never in the template.

    Whoever synthesizes is told what of it is not deployed.
    """
    path = Path(os.path.relpath(folder)).as_posix()
    # A group's note would stand beside its resource, whose logical id says what runs the folder.
    noted = (resource.node.default_child or resource).node
    noted.add_metadata(SOURCE, path)
    if with_packages:
        noted.add_metadata(WITH_PACKAGES, True)
    left = list(_left_behind(folder.resolve()))
    if left:
        shown = ", ".join(left[:SHOWN]) + (f" and {len(left) - SHOWN} more" if len(left) > SHOWN else "")
        # Not as an annotation: the CDK's command line shows nobody what is less than a warning.
        print(f"not deployed of {path}: {shown}", file=sys.stderr)


def _left_behind(root: Path) -> Iterator[str]:
    """Name the files and folders that stay behind and are no litter."""
    litter = IgnoreStrategy.git(str(root), list(_patterns("litter.txt")))
    told = IgnoreStrategy.git(str(root), list(TOLD))
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        kept = [name for name in sorted(folders) if not litter.completely_ignores(str(here / name))]
        gone = [name for name in kept if told.completely_ignores(str(here / name))]
        folders[:] = [name for name in kept if name not in gone]
        for name in (*gone, *(file for file in sorted(files) if not litter.ignores(str(here / file)))):
            if name in gone or told.ignores(str(here / name)):
                yield (here / name).relative_to(root).as_posix()


def check_no_keys(folder: Path) -> None:
    """Raise if a file that looks like a key is in the folder, outside of what is left behind."""
    root = folder.resolve()
    left_behind = IgnoreStrategy.git(str(root), list(LEFT_BEHIND))
    for file in _files(root, root, left_behind):
        found = _looks_like(file)
        if found and not left_behind.ignores(str(file)):
            raise ValueError(
                f"{str(folder / file.relative_to(root))!r} {found}, and all of {str(folder)!r} would be deployed: "
                "move it out of that folder. Code on AWS gets rights by a grant, and passwords and keys "
                "from Secrets Manager or Parameter Store"
            )


def deployed_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """List what is deployed of a folder by its name there; what a link leads to, under the link's name."""
    root = folder.resolve()
    left_behind = IgnoreStrategy.git(str(root), list(NEVER_DEPLOYED))
    for file in _files(root, root, left_behind, inner_links=True):
        if not left_behind.ignores(str(file)):
            yield file.relative_to(root).as_posix(), file


def _files(
    folder: Path,
    root: Path,
    left_behind: IgnoreStrategy,
    above: frozenset[Path] = frozenset(),
    *,
    inner_links: bool = False,
) -> Iterator[Path]:
    """List what the CDK would copy: it follows a link that leads out of the folder, and keeps one that does not."""
    above |= {folder.resolve()}
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.is_symlink() and not inner_links and path.resolve().is_relative_to(root):
            continue
        if entry.is_file():
            yield path
        elif entry.is_dir() and path.resolve() not in above and not left_behind.completely_ignores(str(path)):
            yield from _files(path, root, left_behind, above, inner_links=inner_links)


def _looks_like(file: Path) -> str | None:
    """Say what is wrong with a file, if anything is."""
    name = file.name.lower()
    named_like_a_key = False
    for pattern in KEYS:
        if fnmatch.fnmatchcase(name, pattern.removeprefix("!")):
            named_like_a_key = not pattern.startswith("!")
    if named_like_a_key:
        return "has the name of a key (if it holds certificates only, call it .crt)"
    try:
        with file.open("rb") as opened:
            start = opened.read(LOOKED_AT)
    except PermissionError:
        return None  # What cannot be read cannot be deployed either: the CDK says so.
    for what, (content, words) in HOLDS.items():
        if any(word in start for word in words) and content.search(start):
            return f"holds {what}"
    return None
