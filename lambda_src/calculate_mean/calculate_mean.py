"""The exact mean of numbers: a pure function, and a script around it.

$ python3 calculate_mean.py 1 -5 0 33
7.25
"""

import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from math import frexp

USAGE = "usage: python3 calculate_mean.py NUMBER [NUMBER ...]    such as: 1 -5 0 33"

INTEGER = re.compile(r"[+-]?[0-9]+")
DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

# More digits than the largest double has: no need to convert them to know that they are too many.
MOST_DIGITS = 309
MANTISSA_BITS = 53
MANTISSA_SCALE = 2.0**MANTISSA_BITS


class NotANumberError(ValueError):
    """The text is not a number."""


class NotFiniteError(ValueError):
    """The number is beyond the range of a double."""


def calculate_mean(numbers: Iterable[float]) -> float:
    """Return the exact mean of ints and finite floats, rounded once to a double.

    Each float is an integer times a power of two. The integers are added per power, so nothing is rounded and nothing
    overflows on the way; Python's division of integers then rounds correctly. Linear in the count, whatever the data.
    """
    count = 0
    whole = 0
    mantissas: defaultdict[int, int] = defaultdict(int)
    for number in numbers:
        count += 1
        if isinstance(number, int):
            whole += number
        else:
            fraction, exponent = frexp(number)
            mantissas[exponent] += int(fraction * MANTISSA_SCALE)
    if not count:
        raise ValueError("the mean of no numbers does not exist")
    scale = MANTISSA_BITS - min(mantissas, default=MANTISSA_BITS)
    total = sum(mantissa << (exponent - MANTISSA_BITS + scale) for exponent, mantissa in mantissas.items())
    if scale >= 0:
        return (total + (whole << scale)) / (count << scale)
    return ((total << -scale) + whole) / count


def number_from_text(text: str) -> int | float:
    """Read a number as people write it: ASCII digits, an optional sign, point and exponent, spaces around."""
    text = text.strip(" \t\r\n")
    if INTEGER.fullmatch(text):
        digits = text.lstrip("+-").lstrip("0")
        if len(digits) > MOST_DIGITS:
            raise NotFiniteError
        number = -int(digits or "0") if text.startswith("-") else int(digits or "0")
        return finite(number)
    if DECIMAL.fullmatch(text):
        return finite(float(text))
    raise NotANumberError


def finite(number: int | float) -> int | float:
    """Return the number, or raise if it is none that a double can come near to."""
    try:
        if math.isfinite(number):
            return number
    except OverflowError:
        pass
    raise NotFiniteError


def main(arguments: list[str]) -> int:
    """Print the mean of the arguments; a wrong one gets the usage and exit status 2."""
    if arguments in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    numbers = []
    for argument in arguments:
        try:
            numbers.append(number_from_text(argument))
        except NotANumberError:
            return _refuse(
                f"{argument[:40]!r} is not a number: write numbers like 1, -2.5 or 3e8, with a decimal point"
            )
        except NotFiniteError:
            return _refuse(f"{argument[:40]!r} is too large: give numbers between -1.79e308 and 1.79e308")
    if not numbers:
        return _refuse("there are no numbers: give at least one")
    print(calculate_mean(numbers))
    return 0


def _refuse(reason: str) -> int:
    print(f"error: {reason}\n{USAGE}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
