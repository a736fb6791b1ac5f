"""The files of a commit in a folder of their own.

By `git archive`: git knows of no second working tree, so that none can be left behind, however this ends.
"""

import subprocess
from pathlib import Path

from review_checkout.errors import CheckoutError


def find_commit(base: str) -> str:
    """Give the commit that a person named."""
    if _git("rev-parse", "--git-dir").returncode:
        raise CheckoutError(
            f"{Path.cwd()} is no git checkout, so it has no commit to compare with: clone the repository"
        )
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if found.returncode:
        raise CheckoutError(
            f"git knows no commit {base!r}: `git branch --all` lists the names, `git fetch` gets new ones"
        )
    return found.stdout.strip()


def write_files(commit: str, folder: Path) -> None:
    """Write what this folder is in a commit."""
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".tar")
    for command in (
        ["git", "archive", f"--output={archive}", commit],
        ["tar", "-xf", str(archive), "-C", str(folder)],
    ):
        done = _run(command)
        if done.returncode:
            raise CheckoutError(f"the files of commit {commit[:7]} cannot be had: {done.stderr.strip()}")
    archive.unlink()


def _git(*words: str) -> "subprocess.CompletedProcess[str]":
    return _run(["git", *words])


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace")  # noqa: S603 - as written here
    except FileNotFoundError:
        raise CheckoutError(f"{command[0]} is not installed, and the files of a commit come by it") from None
