"""Uploaded files: the good, the odd and the broken."""

from __future__ import annotations

import csv_table
import pandas as pd
import pytest


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,x\n2,y\n",
        b"a;b\r\n1;x\r\n2;y",
        b"a\tb\n1\tx\n2\ty\n",
        b"\xef\xbb\xbfsep=;\r\na;b\r\n1;x\r\n2;y\r\n",
        b"SEP=,\na,b\n1,x\n2,y\n",
        b"\xef\xbb\xbfa,b\n1,x\n2,y\n\n\n",
        b" a , b \r1,x\r2,y\r",
        b'"a","b"\n"1","x"\n"2","y"\n',
    ],
)
def test_reads_the_usual_dialects(content: bytes) -> None:
    assert csv_table.table_of_text(content).to_dict("list") == {"a": ["1", "2"], "b": ["x", "y"]}


def test_keeps_every_cell_as_it_was_written() -> None:
    table = csv_table.table_of_text(b"a,b\n007,NA\n1.10,\n3,\n")
    assert table.to_dict("list") == {"a": ["007", "1.10", "3"], "b": ["NA", "", ""]}


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (b"a,b\n1,2\n", []),
        (b"1O,2,3\n4,5,6\n", ["1O", "2", "3"]),
        (b"5.1,setosa\n", ["5.1"]),
        (b"3,5;4,2\n", ["3,5", "4,2"]),
        (b"1,1\n", ["1", "1"]),
        (b"", []),
    ],
)
def test_finds_numbers_where_names_should_be(content: bytes, numbers: list[str]) -> None:
    assert csv_table.numbers_in_heading(content) == numbers


def test_a_file_without_a_heading_loses_no_row() -> None:
    table = csv_table.table_of_text(b"1,1\n3,4\n", has_heading=False)
    assert table.to_dict("list") == {"Column 1": ["1", "3"], "Column 2": ["1", "4"]}


@pytest.mark.parametrize("cell", ["3,5", "1_000", "1 000", "1'000", "1.000,50", "1,234.5", "1,000,000", "1.000.000"])
def test_a_column_of_marked_numbers_is_no_column_of_words(cell: str) -> None:
    table = csv_table.table_of_text(f"kind;size\na;1.25\nb;{cell}\n".encode())
    told = f"The column `size` has decimal commas or thousands marks, such as `{cell}`"
    with pytest.raises(csv_table.CsvTableError, match=told):
        csv_table.with_numbers(table)


@pytest.mark.parametrize("mark", ["", "NA", "NaN", "?", "n/a", "-", "NULL"])
def test_what_stands_for_no_number_is_a_missing_value(mark: str) -> None:
    table = csv_table.with_numbers(csv_table.table_of_text(f"size,kind\n1,NA\n{mark},b\n".encode()))
    assert table["size"].isna().tolist() == [False, True]
    assert table["kind"].tolist() == ["NA", "b"]


def test_commas_in_a_column_of_words_stay() -> None:
    table = csv_table.table_of_text(b"note;size\n3,5 or more;1\n1,2,3;2\n")
    assert csv_table.with_numbers(table)["note"].tolist() == ["3,5 or more", "1,2,3"]


def test_a_blank_line_in_one_column_is_an_empty_cell() -> None:
    assert csv_table.table_of_text(b"x\n1\n\n2\n")["x"].tolist() == ["1", "", "2"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "file is empty"),
        (b"\n\n", "file is empty"),
        (b"a,b\n", "no rows below"),
        (b"a,a\n1,2\n", "`a` is not clear"),
        (b"a,\n1,2\n", "column 2 has no name"),
        (b",a,b\n0,1,2\n", "column 1 has no name"),
        (b"sep=;", "file is empty"),
        (b"a,b\n1,2,3\n", "Row 1 has 3 cells, and the first line names 2 columns"),
        (b"size\n3,5\n", "decimals a point: a comma begins a new cell"),
        (b"a,b\n1,2\n1\n", "Row 2 has 1 cell, and"),
        (b'a,b\n1,2\n"1,2', "Line 3 is not proper CSV"),
        (b'a,b\n"1"x,2\n', "Line 2 is not proper CSV"),
        (b"a\n" + b"x" * 200_000, "Line 2 is not proper CSV"),
        ("größe\n1\n".encode("latin-1"), "not UTF-8"),
        (b"PK\x03\x04\x00\x00", "not text"),
        (b"a," * 200 + b"a\n", "more than 200 columns"),
        (b"a\n" + b"1\n" * 100_001, "more than 100,000 rows"),
    ],
)
def test_says_what_is_wrong(content: bytes, words: str) -> None:
    with pytest.raises(csv_table.CsvTableError, match=words):
        csv_table.table_of_text(content)


def test_numbers_become_numbers_and_text_stays_text() -> None:
    table = csv_table.table_of_text(b"a,b,c,d\n1,1.5,x,\n2,,3,\n")
    numbers = csv_table.with_numbers(table)
    assert numbers["a"].tolist() == [1, 2]
    assert numbers["b"].isna().tolist() == [False, True]
    assert numbers["c"].tolist() == ["x", "3"]
    assert not pd.api.types.is_numeric_dtype(numbers["d"])


def test_finds_the_first_column_of_numbers() -> None:
    assert csv_table.first_numeric(csv_table.table_of_text(b"name,size\na,1\nb,2\n")) == 1
    assert csv_table.first_numeric(csv_table.table_of_text(b"name,size\na,x\n")) == 0
