"""Text that somebody else wrote, made safe to print: a terminal obeys what some characters say."""

import re

# All control characters but tab and line feed, line separators, what turns the direction of writing, and surrogates,
# which no terminal's encoding has.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    r"""Show each character that a terminal would obey, such as ``\x1b``, instead of sending it."""
    return OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
