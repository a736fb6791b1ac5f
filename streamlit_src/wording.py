"""Other people's words inside our sentences: column names, file contents and answers, shown as they are."""

from __future__ import annotations

import re

_LONGEST_QUOTE = 60
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>$~|#:])")


def quoted(value: object) -> str:
    """Return the value as inline code, shortened: a `$` or `*` in it stays a plain character."""
    text = " ".join(str(value).split()).replace("`", "'")
    if len(text) > _LONGEST_QUOTE:
        text = text[: _LONGEST_QUOTE - 1] + "…"
    return f"`{text or ' '}`"


def quoted_list(values: list[str], most: int = 3) -> str:
    """Return a few of the values quoted, and how many more there are."""
    rest = len(values) - most
    return ", ".join(quoted(value) for value in values[:most]) + (f" and {rest} more" if rest > 0 else "")


def plain(text: str) -> str:
    """Return the text with Markdown's own characters escaped, so that it reads as it was written."""
    return _MARKDOWN.sub(r"\\\1", text)


def counted(count: int, noun: str) -> str:
    """Return `1 row`, `2 rows`, `1,500 rows`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
