"""What exactness costs: calculate_mean against the means of the standard library and a naive sum.

Usage: python tools/benchmarks/mean.py [COUNT]
All run in one process, in turns, so that a busy machine slows all of them; the ratios are what to look at.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from pathlib import Path

FUNCTION_FOLDER = Path(__file__).parents[2] / "lambda_src" / "calculate_mean"
ROUNDS = 3
# Fractions get this part of the numbers, and their time is multiplied: they take linear time, and a lot of it.
FRACTION_SHARE = 20

Mean = Callable[[list[float]], float]


def seconds(mean: Mean, numbers: list[float]) -> float:
    """Return how long the mean of the numbers takes once."""
    started = time.perf_counter()
    mean(numbers)
    return time.perf_counter() - started


def data_sets(count: int) -> dict[str, list[float]]:
    """Return lists of numbers that are easy, usual and hard to add up."""
    source = random.Random(1)  # noqa: S311 (the same numbers in each run)
    return {
        "between 0 and 1": [source.random() for _ in range(count)],
        "decimals": [round(source.uniform(-100, 100), 2) for _ in range(count)],
        # No sum of these overflows, so that the naive mean has its say too.
        "exponents far apart": [source.choice((-1, 1)) * 2.0 ** source.randint(-1074, 1000) for _ in range(count)],
    }


def mean_of_fractions(numbers: list[float]) -> float:
    """Return the exact mean the slow way, which the tests compare with."""
    return float(sum(map(Fraction, numbers)) / len(numbers))


def main() -> int:
    """Print the table; return the exit code."""
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    text = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    if not (text.isascii() and text.isdigit() and int(text) >= FRACTION_SHARE):
        print(f"COUNT is {text!r}: give a whole number of {FRACTION_SHARE} or more, such as 100000", file=sys.stderr)
        return 2
    count = int(text)
    sys.path.insert(0, str(FUNCTION_FOLDER))
    exact: Mean = import_module("calculate_mean").calculate_mean
    others: dict[str, Mean] = {
        "sum / count": lambda numbers: sum(numbers) / len(numbers),
        "statistics.fmean": statistics.fmean,
        "statistics.mean": statistics.mean,
    }
    print(f"Python {sys.version.split()[0]}, {count:,} floats, median of {ROUNDS}.")
    print("In brackets: how many times as long as calculate_mean.")
    print(f"Fraction: measured on {count // FRACTION_SHARE:,} of the floats, scaled up by {FRACTION_SHARE}.\n")
    print(f"| floats | calculate_mean | {' | '.join(others)} | Fraction |")
    print("| --- |" + " ---: |" * (2 + len(others)))
    for name, numbers in data_sets(count).items():
        few = numbers[: count // FRACTION_SHARE]
        rounds = [
            (
                *(seconds(mean, numbers) for mean in (exact, *others.values())),
                seconds(mean_of_fractions, few) * count / len(few),
            )
            for _ in range(ROUNDS)
        ]
        own, *rest = (statistics.median(times) for times in zip(*rounds, strict=True))
        cells = [f"{other * 1000:,.0f} ms ({other / own:.2g})" for other in rest]
        print(f"| {name} | {own * 1000:,.0f} ms | {' | '.join(cells)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
