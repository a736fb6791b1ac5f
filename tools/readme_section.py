"""Writes what only a real account can prove into README.md, of the table that the embedded AWS has of it."""

import re
import textwrap
from pathlib import Path

from local_aws.fidelity import table

PAGE = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- made by make docs, of tools/local_aws/fidelity.toml -->\n"
END = "<!-- until here -->\n"
WIDTH = 120
HEAD = """\
Everything above ran against an embedded AWS and, for the boot, on a machine under real systemd and cloud-init. \
`python -m local_aws fidelity` tells of each property that is deployed which test proves it, or that the embedded AWS \
only stores or ignores it. What they do not show:
"""


def with_section(page: str) -> str:
    """Put the section between its marks."""
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}{section()}{END}{after}"


def section() -> str:
    """Say it in sentences."""
    sentences = table().sentences
    ends = [";"] * (len(sentences) - 1) + ["."]
    bullets = [f"- {sentence}{end}" for sentence, end in zip(sentences, ends, strict=True)]
    return "\n".join([_filled(HEAD), *(_filled(bullet, "  ") for bullet in bullets), ""])


def _filled(text: str, indent: str = "") -> str:
    # Not within `a command`.
    kept = re.sub("`[^`]+`", lambda code: code[0].replace(" ", "\0"), text)
    filled = textwrap.fill(kept, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return filled.replace("\0", " ")


if __name__ == "__main__":
    PAGE.write_text(with_section(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
