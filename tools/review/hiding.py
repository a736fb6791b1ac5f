"""Secrets are hidden as soon as a template is read: nothing after that can print one.

What takes a secret's place says what it was, and has the same number wherever the same secret stood.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from facts.schemas import schema
from review.values import exact

# What a secret is called, where only its name gives it away.
NAMED = re.compile(
    r"(pass(word|wd|phrase)|secret(string)?|(?<!client)(?<!http)token|(api|private|access|shared)_?key(value)?|credentials?)s?$",
    re.IGNORECASE,
)
NAMED_WITHIN = re.compile(NAMED.pattern.replace("$", r'"\s*[:,}]'), re.IGNORECASE)
# A name that leads to the secret, or one that is hidden already.
HARMLESS = re.compile(r"^\{\{resolve:|^arn:|^/[\w/-]+$|^\(hidden: |^\$\{[^}]*\}$")
# What a secret looks like, whatever it is called; and what is in each, as to look for that takes no time.
SHAPES = {
    "an AWS access key": (r"\b(?:AKIA|ASIA)(?!\w*EXAMPLE)[0-9A-Z]{16}\b", ("AKIA", "ASIA")),
    "an AWS secret key": (
        r"(?<=aws_secret_access_key)(?:\s*[=:]\s*[\"']?)[0-9A-Za-z/+]{40}\b",
        ("aws_secret_access_key",),
    ),
    "a private key": (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)",
        ("PRIVATE KEY-----",),
    ),
    "a GitHub token": (
        r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_\w{22,})",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    ),
    "a GitLab token": (r"\bglpat-[\w-]{20,}", ("glpat-",)),
    "a Slack token": (r"\bxox[abeoprs]-[\w-]{10,}", ("xox",)),
    "a Stripe key": (r"\b[rs]k_live_[0-9A-Za-z]{16,}", ("k_live_",)),
    "a Google key": (r"\bAIza[\w-]{35}", ("AIza",)),
    "a Hugging Face token": (r"\bhf_[0-9A-Za-z]{30,}", ("hf_",)),
    "a package registry's token": (
        r"\b(?:npm_[0-9A-Za-z]{36}|pypi-AgEIcHlwaS5vcmc[\w-]{40,})",
        ("npm_", "pypi-AgEI"),
    ),
    "an AI service's key": (r"\bsk-(?:ant-|proj-)[\w-]{20,}", ("sk-ant-", "sk-proj-")),
    "a signed token": (r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}", (".eyJ",)),
    "a password in a URL": (r"(?<=://)[^\s/:@'\"]+:[^\s/:@'\"$]+(?=@)", ("://",)),
}
HIDDEN = re.compile(r"\(hidden: (?P<what>[\w ']+), no\. \d+\)")
# Of this process, so that the same secret on both sides is no change.
NUMBERS: dict[str, int] = {}
ENVIRONMENTS = {"Environment", "EnvironmentVariables"}


def hidden(template: dict[str, Any]) -> dict[str, Any]:
    """Give a template without its secrets."""
    found: dict[str, Any] = without_shapes(template)
    for body in _members(found.get("Resources")):
        if isinstance(body.get("Properties"), dict):
            body["Properties"] = _by_name(body["Properties"], _write_only(str(body.get("Type")), body["Properties"]))
    for said in _members(found.get("Parameters")):
        if str(said.get("NoEcho")).lower() == "true" and _is_secret(said.get("Default")):
            said["Default"] = _hide("a secret's default", said["Default"])
    return found


def _members(section: Any) -> Iterator[dict[str, Any]]:
    return (one for one in (section.values() if isinstance(section, dict) else ()) if isinstance(one, dict))


def without_shapes(value: Any) -> Any:
    """Hide what looks like a secret, wherever it stands."""
    if isinstance(value, str):
        for what, (pattern, marks) in SHAPES.items():
            if any(mark in value for mark in marks):
                value = re.sub(pattern, partial(_hide_found, what), value)
        return value
    if isinstance(value, dict):
        return {name: without_shapes(inner) for name, inner in value.items()}
    return [without_shapes(inner) for inner in value] if isinstance(value, list) else value


def _by_name(value: Any, write_only: Sequence[str], path: str = "", *, told: bool = False) -> Any:
    """Hide what is called like a secret, where AWS never shows it again or a program is told it."""
    if isinstance(value, list):
        return [_by_name(inner, write_only, f"{path}/*", told=told) for inner in value]
    if not isinstance(value, dict):
        return value
    named = value.get("Name", value.get("name"))
    found: dict[str, Any] = {}
    for name, inner in value.items():
        here = f"{path}/{name}".lstrip("/")
        of = str(named) if name in ("Value", "value") and told and named is not None else name
        secret = told or any(f"{here}/".startswith(f"{one}/") for one in write_only)
        if secret and NAMED.search(of) and _is_secret(inner):
            found[name] = _hide("a password", inner)
        elif secret and NAMED.search(of) and isinstance(inner, list):
            found[name] = [_hide("a password", one) if _is_secret(one) else one for one in inner]
        else:
            found[name] = _by_name(inner, write_only, here, told=told or name in ENVIRONMENTS)
    return found


def _write_only(resource_type: str, properties: Any) -> list[str]:
    if not NAMED_WITHIN.search(exact(properties)):
        return []
    known = schema(resource_type)
    if known is None:
        # What a custom resource is told is told to a program.
        return [name for name in properties if name != "ServiceToken"]
    return [path.removeprefix("/properties/") for path in known.get("writeOnlyProperties", [])]


def _is_secret(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not HARMLESS.search(value)


def _hide_found(what: str, found: re.Match[str]) -> str:
    return _hide(what, found[0])


def _hide(what: str, secret: str) -> str:
    number = NUMBERS.setdefault(secret, len(NUMBERS) + 1)
    return f"(hidden: {what}, no. {number})"
