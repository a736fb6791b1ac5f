"""Numbers as people type and upload them."""

from __future__ import annotations

import json
import math
from functools import partial

import number_text
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ops import numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1, -5, 0, 33", [1, -5, 0, 33]),
        ("1 2\t3\n4\r\n5", [1, 2, 3, 4, 5]),
        ("1,2,\n3,\n", [1, 2, 3]),
        ("  7  ", [7]),
        ("+1 1. .5 1e3 -2.5E-1", [1, 1.0, 0.5, 1000.0, -0.25]),
        ("\N{MINUS SIGN}5", [-5]),
        ("1\N{NO-BREAK SPACE}2", [1, 2]),
        ("1e-400", [0.0]),
    ],
)
def test_understands(text: str, numbers: list[number_text.Number]) -> None:
    assert number_text.numbers_of_text(text) == numbers


def test_keeps_an_integer_exact() -> None:
    (number,) = number_text.numbers_of_text("9007199254740993")
    assert number == 9007199254740993
    assert isinstance(number, int)


@pytest.mark.parametrize(("text", "number"), [("0" * 5000 + "7", 7), ("-" + "0" * 5000 + "7", -7), ("0" * 5000, 0)])
def test_reads_an_integer_through_any_number_of_leading_zeros(text: str, number: int) -> None:
    assert number_text.numbers_of_text(text) == number_text.numbers_of_column("x", [text]) == [number]


# What has ended programs before: digits without end, other scripts' digits, values beyond every number, and control
# characters. Lone surrogates cannot come over the wire, and must not matter either.
NUMERIC = st.from_regex(r"[+\-\u2212]?[0-9]{0,3}(\.[0-9]*)?([eE][+-]?[0-9]{1,7})?", fullmatch=True)
PIECES = st.one_of(
    st.text(st.characters(categories=["L", "N", "P", "S", "Z", "C", "M"]), max_size=20),
    NUMERIC,
    st.builds(
        lambda digit, count, tail: digit * count + tail,
        st.sampled_from("09٣.-"),
        st.sampled_from([1, 400, 6000]),
        NUMERIC,
    ),
    st.sampled_from(["nan", "-inf", "1e999999", "1_0", "\0", "\ud800", "\N{FULLWIDTH DIGIT ONE}", "1e-999999"]),
)


@example(["0" * 5000 + "7"], ",")
@given(st.lists(PIECES, max_size=4), st.sampled_from([",", " ", "\n", "\0"]))
def test_any_text_is_numbers_that_travel_or_one_short_sentence(pieces: list[str], between: str) -> None:
    for read in (
        partial(number_text.numbers_of_text, between.join(pieces)),
        partial(number_text.numbers_of_column, "x", pieces),
    ):
        try:
            numbers = read()
        except number_text.NotNumbersError as problem:
            told = str(problem)
        else:
            told = ""
            assert all(math.isfinite(float(number)) for number in numbers)
            assert json.loads(json.dumps(numbers)) == numbers
        assert len(told) < 300


@pytest.mark.parametrize("text", ["", "   ", "\n", ","])
def test_says_that_there_is_nothing(text: str) -> None:
    with pytest.raises(number_text.NotNumbersError, match="There are no numbers yet"):
        number_text.numbers_of_text(text)


@pytest.mark.parametrize("word", ["abc", "nan", "inf", "1_0", "0x10", "1;2", "٣", "1e", "--1", "[1", "True"])
def test_names_what_is_not_a_number(word: str) -> None:
    with pytest.raises(number_text.NotNumbersError, match=r"Number 2, .* is not a number") as problem:
        number_text.numbers_of_text(f"1 {word}")
    assert f"`{word}`" in str(problem.value)


def test_a_gap_between_commas_is_a_missing_number() -> None:
    with pytest.raises(number_text.NotNumbersError, match="Number 2 is missing"):
        number_text.numbers_of_text("1,,3")


@pytest.mark.parametrize("word", ["1e309", "-1e400", "9" * 400, "9" * 5000])
def test_refuses_what_no_double_holds(word: str) -> None:
    with pytest.raises(number_text.NotNumbersError, match="too large"):
        number_text.numbers_of_text(word)


def test_reads_a_column() -> None:
    assert number_text.numbers_of_column("x", ["1", " 2.5 ", "-3"]) == [1, 2.5, -3]


def test_counts_the_empty_cells_of_a_column() -> None:
    with pytest.raises(number_text.NotNumbersError, match="`x` has 2 empty cells, the first in row 2"):
        number_text.numbers_of_column("x", ["1", "", "3", " "])


def test_names_the_row_of_a_column() -> None:
    with pytest.raises(number_text.NotNumbersError, match="Row 2 of `x`, `2,5`, has a decimal comma"):
        number_text.numbers_of_column("x", ["1", "2,5"])


@pytest.mark.parametrize("text", ["3,5;4,2", "3,5; 4", "1;-3,5"])
def test_decimal_commas_between_semicolons_are_named(text: str) -> None:
    with pytest.raises(
        number_text.NotNumbersError, match=r"3,5` has a decimal comma or a thousands mark\. Write decimals with a point"
    ):
        number_text.numbers_of_text(text)


@pytest.mark.parametrize("part", ["3,5", "-3,5", "1.000,50", "1,234.5", "1,000,000", "1.000.000,5"])
@pytest.mark.parametrize("text", ["{}", "7\n{}", "1.250 {} 8"])
def test_finds_what_reads_as_one_number(text: str, part: str) -> None:
    assert number_text.one_to_a_reader(text.format(part)) == part


@pytest.mark.parametrize("space", "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}")
def test_finds_a_space_between_thousands(space: str) -> None:
    assert number_text.one_to_a_reader(f"5 1{space}000,5") == f"1{space}000,5"
    assert number_text.one_to_a_reader(f"1{space}2") == ""


@pytest.mark.parametrize("text", ["1,2,3", "1, -5, 0", "3.5", "1.000 2.000", "\N{MINUS SIGN}1.000", "100 200", ""])
def test_a_list_does_not_read_as_one_number(text: str) -> None:
    assert number_text.one_to_a_reader(text) == ""


@pytest.mark.parametrize(
    ("heading", "could_be"),
    [
        ("3", True),
        (" -3,5", True),
        ("1O", True),
        (".5", True),
        ("2023", True),
        ("inf", True),
        ("-Infinity", True),
        ("NaN", True),
        ("(1)", True),
        (" - ", True),
        ("information", False),
        ("name", False),
        ("x1", False),
        ("", False),
        ("O3", False),
    ],
)
def test_tells_a_heading_that_could_be_a_number(heading: str, could_be: bool) -> None:
    assert number_text.begins_as_a_number(heading) is could_be


def test_refuses_a_text_of_more_than_it_can_be() -> None:
    with pytest.raises(number_text.NotNumbersError, match="500,002 characters, and at most 500,000 fit"):
        number_text.numbers_of_text("1 " * 250_001)


@given(
    st.text("+-\N{MINUS SIGN}.,(0139٣ aAnNfFiItTyY/#?oOeEuUlL", max_size=8)
    | st.sampled_from(sorted(number_text.NO_NUMBER))
)
def test_ops_takes_the_same_headings_for_numbers(heading: str) -> None:
    """It has the rule a second time, as the page stands alone."""
    heading = heading.strip()
    assert numbers.begins_as_a_number(heading) == number_text.begins_as_a_number(heading)
