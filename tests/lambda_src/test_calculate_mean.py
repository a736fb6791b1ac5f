"""The mean itself against exact fractions, numbers as people write them, and the script."""

import math
import random
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from calculate_mean import USAGE, NotANumberError, NotFiniteError, calculate_mean, finite, number_from_text
from hypothesis import given, settings
from hypothesis import strategies as st

SCRIPT = Path(__file__).parents[2] / "lambda_src" / "calculate_mean" / "calculate_mean.py"

SMALLEST = 5e-324
LARGEST = sys.float_info.max
# The largest integer that still rounds to a double lies just below half a step over the largest double.
LARGEST_INTEGER = 2**1024 - 2**970 - 1


@pytest.mark.parametrize(
    ("numbers", "mean"),
    [
        ([7], 7.0),
        ([1, 2, 3], 2.0),
        ([1, -5, 0, 33], 7.25),
        ([0, 1e5, -1e5], 0.0),
        ([0.1] * 3, 0.1),
        ([0.1] * 10, 0.1),
        ([1e308, 1e308], 1e308),
        ([LARGEST] * 1000, LARGEST),
        ([LARGEST, -LARGEST], 0.0),
        ([1e16, 1, -1e16], 0.3333333333333333),
        ([1e308, SMALLEST, -1e308], 0.0),
        ([SMALLEST], SMALLEST),
        ([SMALLEST, SMALLEST, 0], SMALLEST),
        ([SMALLEST, 0], 0.0),
        ([SMALLEST * 3, 0], SMALLEST * 2),
        ([2**53 + 1, 2**53 + 1, -(2**53)], 3002399751580331.5),
        ([2**53 + 1, -(2**53)], 0.5),
        ([2**53, 2**53 + 2], 9007199254740992.0),
        ([10**300, -(10**300), 3], 1.0),
        ([LARGEST_INTEGER] * 3, LARGEST),
        ([-LARGEST_INTEGER], -LARGEST),
        ([LARGEST_INTEGER, SMALLEST], LARGEST / 2),
        ([-0.0, 0.0], 0.0),
    ],
)
def test_mean(numbers: list[int | float], mean: float) -> None:
    found = calculate_mean(numbers)
    assert type(found) is float
    assert found.hex() == mean.hex()


def test_no_numbers_have_no_mean() -> None:
    with pytest.raises(ValueError, match="the mean of no numbers does not exist"):
        calculate_mean([])


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
DECIMALS = st.integers(-(10**6), 10**6).map(lambda thousandths: thousandths / 1000)
SUBNORMALS = st.floats(-sys.float_info.min, sys.float_info.min)
SMALL_INTEGERS = st.integers(-1000, 1000)
LONG_INTEGERS = st.integers(-(2**70), 2**70) | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
NUMBERS = st.one_of(FLOATS, DECIMALS, SUBNORMALS, SMALL_INTEGERS, LONG_INTEGERS)
LISTS = st.one_of(*(st.lists(kind, min_size=1, max_size=8) for kind in (NUMBERS, FLOATS, DECIMALS, SUBNORMALS)))


def exact_mean(numbers: list[int | float]) -> float:
    return float(sum(map(Fraction, numbers)) / len(numbers))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(numbers=LISTS)
def test_mean_is_the_exact_one_rounded_once(numbers: list[int | float]) -> None:
    assert calculate_mean(numbers) == exact_mean(numbers)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(numbers=LISTS, order=st.randoms(use_true_random=False))
def test_mean_does_not_depend_on_the_order(numbers: list[int | float], order: random.Random) -> None:
    shuffled = order.sample(numbers, len(numbers))
    assert calculate_mean(shuffled) == calculate_mean(numbers)


def test_time_is_linear_even_on_a_ladder_of_exponents() -> None:
    ladder = [math.ldexp(1.0, exponent) for exponent in range(-1074, 1024)] * 60
    assert len(ladder) > 100_000
    started = time.process_time()
    calculate_mean(ladder)
    # It takes 0.03 s. The bound is for slow machines; what is not linear takes many seconds.
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (" -5\t", -5),
        ("+33", 33),
        ("007", 7),
        ("-0", 0),
        ("9007199254740993", 2**53 + 1),
        (str(LARGEST_INTEGER), LARGEST_INTEGER),
        ("0" * 5000 + "1", 1),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("1e-400", 0.0),
    ],
)
def test_number_from_text(text: str, number: int | float) -> None:
    found = number_from_text(text)
    assert (type(found), found) == (type(number), number)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "+", "e5", "1e", "1.5.2", "--1", "1 2", "1_0", "0x10", "1,5", "1e5.0", "true"),
        *("nan", "inf", "-Infinity", "\u0661", "\uff11", "\u00b2", "1\u00a0", "1\x00"),
    ],
)
def test_text_that_is_no_number(text: str) -> None:
    with pytest.raises(NotANumberError):
        number_from_text(text)


@pytest.mark.parametrize("text", ["1e309", "-1e400", "1" + "0" * 309, "-" + "9" * 100_000, str(LARGEST_INTEGER + 1)])
def test_text_beyond_the_doubles(text: str) -> None:
    with pytest.raises(NotFiniteError):
        number_from_text(text)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, LARGEST_INTEGER + 1, -(10**400)])
def test_number_that_is_not_finite(number: int | float) -> None:
    with pytest.raises(NotFiniteError):
        finite(number)


def run_script(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, encoding="utf-8", check=False, timeout=30
    )


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ("1 -5 0 33", "7.25\n"),
        ("0 1e5 -1e5", "0.0\n"),
        ("9007199254740993 1 -9007199254740992", "0.6666666666666666\n"),
        ("-h", USAGE + "\n"),
        ("--help", USAGE + "\n"),
    ],
)
def test_script(arguments: str, printed: str) -> None:
    run = run_script(*arguments.split())
    assert (run.returncode, run.stdout, run.stderr) == (0, printed, "")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "there are no numbers: give at least one"),
        (["1", "two"], "'two' is not a number: write numbers like 1, -2.5 or 3e8, with a decimal point"),
        (["1,2"], "'1,2' is not a number: write numbers like 1, -2.5 or 3e8, with a decimal point"),
        (["nan"], "'nan' is not a number: write numbers like 1, -2.5 or 3e8, with a decimal point"),
        (["1", "-h"], "'-h' is not a number: write numbers like 1, -2.5 or 3e8, with a decimal point"),
        (["é" * 1000], f"'{'é' * 40}' is not a number: write numbers like 1, -2.5 or 3e8, with a decimal point"),
        (["1", "1e400"], "'1e400' is too large: give numbers between -1.79e308 and 1.79e308"),
        (["9" * 400], f"'{'9' * 40}' is too large: give numbers between -1.79e308 and 1.79e308"),
    ],
)
def test_script_refuses(arguments: list[str], reason: str) -> None:
    run = run_script(*arguments)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"error: {reason}\n{USAGE}\n")
