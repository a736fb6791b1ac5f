"""Other people's words in our sentences."""

from __future__ import annotations

import wording


def test_quotes_a_name_so_that_markdown_leaves_it_alone() -> None:
    assert wording.quoted("price ($) *net*") == "`price ($) *net*`"
    assert wording.quoted("a`b\nc") == "`a'b c`"
    assert wording.quoted("") == "` `"


def test_shortens_a_long_quote() -> None:
    assert len(wording.quoted("x" * 500)) == 62
    assert wording.quoted("x" * 500).endswith("…`")


def test_lists_a_few() -> None:
    assert wording.quoted_list(["a", "b"]) == "`a`, `b`"
    assert wording.quoted_list(["a", "b", "c", "d", "e"]) == "`a`, `b`, `c` and 2 more"


def test_escapes_markdown() -> None:
    assert wording.plain("2 * 3 $x$ [a](b) <b>") == r"2 \* 3 \$x\$ \[a\](b) \<b\>"


def test_counts() -> None:
    assert wording.counted(1, "row") == "1 row"
    assert wording.counted(0, "row") == "0 rows"
    assert wording.counted(1500, "row") == "1,500 rows"
