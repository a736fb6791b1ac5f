"""The command line: ``python -m rehearse BASE``, which is `make rehearse BASE=main`."""

import argparse
import sys
import tempfile
import textwrap
import time
from pathlib import Path

from local_aws.state import State
from rehearse.observed import observed
from rehearse.stage import cloud_of, deploy, stage, told
from review_checkout.change import Change, note, read_change
from review_checkout.errors import CheckoutError
from review_checkout.programs import ended_tidily


def main(arguments: list[str] | None = None) -> int:
    """Print the review and what a deploy was seen to do; 1 also where that failed, 2 where none was tried."""
    description = (
        "Deploy the commit BASE to an embedded AWS of its own, then this checkout over it, and tell what came."
    )
    parser = argparse.ArgumentParser(prog="python -m rehearse", description=description)
    parser.add_argument("base", metavar="BASE", nargs="?", help="the commit that is deployed, such as main")
    given = parser.parse_args(arguments)
    try:
        with ended_tidily(), tempfile.TemporaryDirectory(prefix="rehearse-", ignore_cleanup_errors=True) as folder:
            scratch = Path(folder).resolve()
            change = read_change(given.base, scratch, "rehearse")
            reviewed = change.report()
            if reviewed > 1:
                return reviewed
            with stage(scratch, change.head) as state:
                return max(reviewed, _play(change, state))
    except CheckoutError as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return 2


def _play(change: Change, state: State) -> int:
    note(f"rehearse: deploying {change.base.said} … ")
    started = time.monotonic()
    if failed := deploy(change.base, state):
        note("failed\n")
        raise CheckoutError(f"{change.base.said} does not come up; its last lines:\n{failed}")
    note(f"{time.monotonic() - started:.0f} s\nrehearse: deploying this checkout over it … ")
    cloud = cloud_of(state)
    with observed(cloud, change.head.output / "main") as lines:
        started = time.monotonic()
        failed = deploy(change.head, state, told(change.base))
        seconds = time.monotonic() - started
    note("failed\n" if failed else f"{seconds:.0f} s\n")
    print(f"\n## Observed\n\nOn an embedded AWS, in {seconds:.0f} s.\n\n" + "\n".join(f"- {line}" for line in lines))
    if failed:
        print(f"\n**The deploy failed.** Its last lines:\n\n{textwrap.indent(failed, '    ')}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
