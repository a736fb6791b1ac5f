"""The command line: ``python -m review_checkout BASE``, which is `make review BASE=main`."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from review_checkout.change import read_change
from review_checkout.errors import CheckoutError
from review_checkout.programs import ended_tidily


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
    if output and output.exists():
        raise CheckoutError(f"{output} is there already: name a new folder")
    change = read_change(name, scratch, "review")
    if not output:
        return change.report()
    shutil.copytree(change.base.output, output / "base", symlinks=True)
    shutil.copytree(change.head.output, output / "head", symlinks=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
