"""Counts the words of a text: ``{"text": "to be or not to be"}``."""

import os
from collections import Counter
from typing import Any


def lambda_handler(event: dict[str, str], _context: Any) -> dict[str, int]:
    """Answer how often each word of at least ``SHORTEST`` letters is in the text."""
    shortest = int(os.environ["SHORTEST"])
    return dict(Counter(word for word in event["text"].lower().split() if len(word) >= shortest))
