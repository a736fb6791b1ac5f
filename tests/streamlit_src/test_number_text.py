"""Numbers as people type and upload them."""

from __future__ import annotations

import number_text
import pytest


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
    with pytest.raises(number_text.NotNumbersError, match="Row 2 of `x`, `2,5`, is not a number"):
        number_text.numbers_of_column("x", ["1", "2,5"])
