"""The command line: ``python -m review BASE HEAD``."""

import argparse
import signal
import sys
import traceback
from pathlib import Path

from review import kinds
from review.accepted import FILE, NONE, of_a_change, of_an_app
from review.comparison import COST_LIMIT
from review.fact import Level
from review.reading import UnreadableError, read_assembly
from review.report import as_json, markdown
from review.syntheses import read_comparisons, told_once
from review.template_diff import template_diff

NO_CHANGE = "Nothing that is deployed changes."
NO_FINDING = "Nothing here asks for a look."


def main(arguments: list[str] | None = None) -> int:
    """Print the report; 0 where nothing asks to stop, 1 where something does, 2 where nothing could be told."""
    parser = argparse.ArgumentParser(prog="python -m review", description="Tell what a deploy of HEAD over BASE does.")
    parser.add_argument("base", type=Path, metavar="BASE", help="the assembly that is deployed, such as cdk.out")
    parser.add_argument("head", type=Path, metavar="HEAD", nargs="?", help="the change; without, BASE alone is told")
    parser.add_argument("--json", action="store_true", help="every fact with its id")
    parser.add_argument(
        "--cost-limit", type=dollars, metavar="USD", help=f"so much more a month is a STOP; {COST_LIMIT} unless told"
    )
    file = FILE if FILE.exists() else NONE
    parser.add_argument(
        "--accepted", type=Path, default=file, metavar="FILE", help=f"ids and reasons, {FILE} unless told"
    )
    parser.add_argument(
        "--accepted-base", type=Path, metavar="FILE", help=f"the same of BASE: what it has is no news; {NONE}: none"
    )
    given = parser.parse_args(arguments)
    if not given.head and (given.cost_limit is not None or given.accepted_base):
        parser.error("--cost-limit and --accepted-base are of a change: name its HEAD behind BASE")
    limit = COST_LIMIT if given.cost_limit is None else given.cost_limit
    try:
        if given.head:
            comparisons = read_comparisons(given.base, given.head, limit)
            facts, nothing = told_once(comparisons), NO_CHANGE
            accepted, not_accepted = of_a_change(facts, given.accepted, given.accepted_base, kinds.STANDING)
            facts += not_accepted
            diffs = {name: template_diff(one) for name, one in comparisons.items()}
            beside = {"templateDiff": diffs.get("", diffs)}
        else:
            app = read_assembly(given.base)
            if not app.stacks:
                # To compare with, an app without any is good enough: a copy that comes, or goes.
                raise UnreadableError(f"{given.base} has no stack")
            facts, nothing, beside = list(kinds.inventory(app)), NO_FINDING, {}
            accepted = of_an_app(facts, given.accepted, kinds.ONLY_CHANGES)
        print(as_json(facts, accepted, **beside) if given.json else markdown(facts, nothing, accepted))
    except UnreadableError as error:
        print(f"review: {error}", file=sys.stderr)
        return 2
    except RecursionError:
        print("review: a template refers to itself, or is nested too deeply to be read", file=sys.stderr)
        return 2
    except Exception:
        # Never 1, which says that a fact stops.
        traceback.print_exc()
        return 2
    return int(any(fact.level == Level.STOP and fact.id not in accepted for fact in facts))


def dollars(text: str) -> float:
    """Read an amount."""
    amount = float(text)
    # As nothing is less or more than what is no number.
    if not amount >= 0:
        raise argparse.ArgumentTypeError(f"{text} is no amount of dollars, of which 0 is the least")
    return amount


if __name__ == "__main__":
    # `| head` has had enough, and that is no mistake.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
