"""The command line: ``python -m review BASE HEAD``."""

import argparse
import sys
import traceback
from pathlib import Path

from review import kinds
from review.comparison import Comparison
from review.fact import Level
from review.reading import UnreadableError, read_assembly
from review.report import as_json, markdown
from review.template_diff import template_diff

NO_CHANGE = "Nothing that is deployed changes."
NO_FINDING = "Nothing here asks for a look."


def main(arguments: list[str] | None = None) -> int:
    """Print the report; 0 where nothing asks to stop, 1 where something does, 2 where nothing could be told."""
    parser = argparse.ArgumentParser(prog="python -m review", description="Tell what a deploy of HEAD over BASE does.")
    parser.add_argument("base", type=Path, metavar="BASE", help="the assembly that is deployed, such as cdk.out")
    parser.add_argument("head", type=Path, metavar="HEAD", nargs="?", help="the change; without, BASE alone is told")
    parser.add_argument("--json", action="store_true", help="every fact with its id")
    parser.add_argument("--cost-limit", type=float, default=20, metavar="USD", help="so much more a month is a STOP")
    given = parser.parse_args(arguments)
    try:
        base = read_assembly(given.base)
        if given.head:
            comparison = Comparison(base, read_assembly(given.head), given.cost_limit)
            facts, nothing = list(kinds.changes(comparison)), NO_CHANGE
            beside = {"templateDiff": template_diff(comparison)}
        else:
            facts, nothing, beside = list(kinds.inventory(base)), NO_FINDING, {}
        print(as_json(facts, **beside) if given.json else markdown(facts, nothing))
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
    return int(any(fact.level == Level.STOP for fact in facts))


if __name__ == "__main__":
    sys.exit(main())
