"""The rights that docs/security.md names, by verb: held against what the tests' AWS is asked for."""

import re
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
TABLE = re.compile(r"^\| verb \|.*\n\|.*\n((?:\|.*\n)+)", re.MULTILINE)
# The latter in a lab.
OF_ALL = {"cloudformation:DescribeStacks", "cloudformation:ListStacks"}
ACTION = re.compile(r"`(?:([a-z0-9-]+):)?([A-Z]\w+)`")
# Where IAM has another name than the call.
OTHER_NAMES = {"lambda:Invoke": "lambda:InvokeFunction"}


def action(model: Any) -> str:
    """Name the right to a call as IAM does."""
    name = f"{model.service_model.signing_name}:{model.name}"
    return OTHER_NAMES.get(name, name)


@cache
def documented() -> dict[str, set[str]]:
    """Read the table: a row's rights are its own and those of the verbs that it names."""
    table = TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert table
    rights: dict[str, set[str]] = {}
    for row in table[1].splitlines():
        verbs, words = row.strip("| ").split(" | ")
        found, service = OF_ALL.copy(), ""
        for named, name in ACTION.findall(words):
            service = named or service
            found.add(f"{service}:{name}")
        for other in re.findall(r"those of `(\w+)`", words):
            found |= rights[other]
        rights.update(dict.fromkeys(re.findall(r"`([\w-]+)`", verbs), found))
    return rights
