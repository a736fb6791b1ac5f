"""A change: what a commit is, and what the files of this checkout are now."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from review.__main__ import main as review
from review.accepted import FILE as ACCEPTED
from review.fact import quoted
from review_checkout.commit import find_commit, write_files
from review_checkout.errors import CheckoutError
from review_checkout.syntheses import LOCK, Side, environment_of, settings_of_each, synthesize


@dataclass(frozen=True)
class Change:
    """Both sides, synthesized."""

    base: Side
    head: Side
    # The names of the syntheses.
    made: list[str]

    def report(self) -> int:
        """Print the review, and give its exit status."""
        print(f"{quoted(self.base.said)} and this checkout, each as {', '.join(map(quoted, self.made))}.\n", flush=True)
        base, head = self.base.output, self.head.output
        accepted = ["--accepted", str(head / ACCEPTED), "--accepted-base", str(base / ACCEPTED)]
        return review([str(base), str(head), *accepted])


def read_change(name: str | None, scratch: Path, command: str) -> Change:
    """Synthesize both sides into a folder that goes afterwards."""
    if not name:
        raise CheckoutError(f"which commit is deployed? Say it: make {command} BASE=main")
    commit = find_commit(name)
    for needed in ("app.py", LOCK):
        if not Path(needed).is_file():
            raise CheckoutError(f"{Path.cwd()} has no {needed}: go to the top of the checkout")
    said = f"{name} ({commit[:7]})"
    note(f"review: {said} against the files of this checkout\n")
    before, after = scratch / "checkout", Path.cwd()
    write_files(commit, before)
    assemblies = scratch / "assemblies"
    base = Side(said, before, assemblies / "base", environment_of(before))
    head = Side("this checkout", after, assemblies / "head", Path(sys.prefix))
    every = settings_of_each(base, head)
    for synthesis, settings in every.items():
        note(f"review: synthesizing {synthesis} … ")
        started = time.monotonic()
        try:
            synthesize(synthesis, settings, [base, head])
        except CheckoutError:
            note("failed\n")
            raise
        note(f"{time.monotonic() - started:.0f} s\n")
    for side in (base, head):
        accepted = side.checkout / ACCEPTED
        (side.output / ACCEPTED).write_bytes(accepted.read_bytes() if accepted.is_file() else b"")
    return Change(base, head, list(every))


def note(text: str) -> None:
    """Tell how far it is, beside the report."""
    print(text, end="", file=sys.stderr, flush=True)
