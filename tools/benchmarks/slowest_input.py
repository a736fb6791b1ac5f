"""Which input keeps calculate_mean busy longest: what a flood of the API can cost at most depends on it.

Usage: python tools/benchmarks/slowest_input.py
CPU time of this machine, and what it becomes in a function of 256 MB: Lambda gives a whole processor from 1,769 MB on,
and in proportion below. Each input is as large as the function accepts or, where it says so, refuses.
"""

import random
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

FUNCTION_FOLDER = Path(__file__).parents[2] / "lambda_src" / "calculate_mean"
ROUNDS = 9
# Of the stack's function, and of a whole processor.
MEGABYTES, MEGABYTES_OF_A_PROCESSOR = 256, 1769

Handler = Callable[[object, object], dict[str, Any]]


def inputs(most_numbers: int, most_bytes: int) -> dict[str, str]:
    """Return bodies that are slow for one reason or another."""
    source = random.Random(1)  # noqa: S311 (the same numbers in each run)

    def digits(count: int) -> str:
        return "".join(source.choice("123456789") for _ in range(count))

    def filled(number: Callable[[], str], begin: str = "[", end: str = "]") -> str:
        room = most_bytes - len(begin) - len(end)
        chosen: list[str] = []
        while len(chosen) < most_numbers and (room := room - len(text := number()) - 1) >= 0:
            chosen.append(text)
        return begin + ",".join(chosen) + end

    return {
        "decimals": filled(lambda: f"{digits(1)}.{digits(7)}"),
        "one exponent for all": filled(lambda: f"{digits(1)}.{digits(3)}e-99"),
        "exponents far apart": filled(lambda: f"{digits(1)}.{digits(2)}e{source.choice('-+')}{source.randint(10, 99)}"),
        "exponents as far as they go": filled(lambda: f"{digits(1)}.{digits(2)}e-{source.randint(100, 306)}"),
        "integers": filled(lambda: digits(9)),
        "integers of 300 digits": filled(lambda: digits(300)),
        "decimals of 17 digits": filled(lambda: f"0.{digits(17)}"),
        "decimals, and other fields": filled(
            lambda: f"{digits(1)}.{digits(1)}e-9", '{"other":[' + ",".join(["{}"] * 90_000) + '],"nums":[', "]}"
        ),
        "refused: objects": "[" + ",".join(["{}"] * (most_bytes // 3 - 1)) + "]",
        "refused: too many integers": "[" + ",".join("1" * (most_bytes // 2 - 1)) + "]",
        "refused: the last is no number": filled(lambda: f"{digits(1)}.{digits(2)}e-99", end=",null]"),
    }


def seconds(handler: Handler, body: str) -> tuple[float, int]:
    """Return the least CPU time of a call, and its status."""
    event = {"requestContext": {"http": {"method": "POST"}}, "body": body, "isBase64Encoded": False}
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        status = handler(event, None)["statusCode"]
        times.append(time.process_time() - began)
    return min(times), status


def main() -> int:
    """Print the table; return the exit code."""
    if sys.argv[1:]:
        print(__doc__)
        return 0
    sys.path.insert(0, str(FUNCTION_FOLDER))
    handler: Handler = import_module("handler").lambda_handler
    limits = import_module("numbers_given")
    print(f"Python {sys.version.split()[0]}, the least of {ROUNDS} calls.\n")
    print(f"| input | bytes | status | CPU here | with {MEGABYTES} MB |\n| --- | ---: | ---: | ---: | ---: |")
    for name, body in inputs(limits.MOST_NUMBERS, limits.MOST_BODY_BYTES).items():
        least, status = seconds(handler, body)
        stretched = least * MEGABYTES_OF_A_PROCESSOR / MEGABYTES
        print(f"| {name} | {len(body):,} | {status} | {least * 1000:.0f} ms | {stretched:.2f} s |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
