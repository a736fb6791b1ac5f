"""The command line: ``python -m review_checkout BASE``, which is `make review BASE=main`."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from review.__main__ import main as review
from review.accepted import FILE as ACCEPTED
from review.fact import quoted
from review_checkout.commit import find_commit, write_files
from review_checkout.errors import CheckoutError
from review_checkout.programs import ended_tidily
from review_checkout.syntheses import Side, environment_of, settings_of_each, synthesize


def main(arguments: list[str] | None = None) -> int:
    """Synthesize both sides and print the review; its exit status, or 2 where a side could not be synthesized."""
    description = "Tell what a deploy of this checkout, as it is in its files, over the commit BASE does."
    parser = argparse.ArgumentParser(prog="python -m review_checkout", description=description)
    parser.add_argument("base", metavar="BASE", nargs="?", help="the commit that is deployed, such as main")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write base and head there, and review nothing")
    given = parser.parse_args(arguments)
    try:
        with ended_tidily(), tempfile.TemporaryDirectory(prefix="review-", ignore_cleanup_errors=True) as scratch:
            return _review(given.base, given.output, Path(scratch).resolve())
    except CheckoutError as error:
        print(f"review: {error}", file=sys.stderr)
        return 2


def _review(name: str | None, output: Path | None, scratch: Path) -> int:
    if not name:
        raise CheckoutError("which commit is deployed? Say it: make review BASE=main")
    if output and output.exists():
        raise CheckoutError(f"{output} is there already: name a new folder")
    commit = find_commit(name)
    said = f"{name} ({commit[:7]})"
    note(f"review: {said} against the files of this checkout\n")
    before, after = scratch / "checkout", Path.cwd()
    write_files(commit, before)
    assemblies = scratch / "assemblies"
    base = Side(said, before, assemblies / "base", environment_of(before))
    head = Side("this checkout", after, assemblies / "head", Path(sys.prefix))
    made = _synthesize(base, head)
    for side in (base, head):
        accepted = side.checkout / ACCEPTED
        (side.output / ACCEPTED).write_bytes(accepted.read_bytes() if accepted.is_file() else b"")
    if output:
        shutil.copytree(base.output, output / "base", symlinks=True)
        shutil.copytree(head.output, output / "head", symlinks=True)
        return 0
    print(f"{quoted(said)} and this checkout, each as {', '.join(map(quoted, made))}.\n", flush=True)
    folders = [str(side.output) for side in (base, head)]
    return review([*folders, "--accepted", f"{folders[1]}/{ACCEPTED}", "--accepted-base", f"{folders[0]}/{ACCEPTED}"])


def _synthesize(base: Side, head: Side) -> list[str]:
    every = settings_of_each(base, head)
    for name, settings in every.items():
        note(f"review: synthesizing {name} … ")
        started = time.monotonic()
        try:
            synthesize(name, settings, [base, head])
        except CheckoutError:
            note("failed\n")
            raise
        note(f"{time.monotonic() - started:.0f} s\n")
    return list(every)


def note(text: str) -> None:
    """Tell how far it is, beside the report."""
    print(text, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
