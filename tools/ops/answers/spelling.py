"""How the commands are spelled that we print: each names the copy that it is about, and the AWS that was typed."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from stacks.copy_settings import MAIN

OPS = "python -m ops"
NOTHING: Mapping[str, str] = MappingProxyType({})
# What the person has typed of these; the environment says the rest to the printed command too.
VARIABLES = {"--region": "AWS_REGION", "--profile": "AWS_PROFILE", "--endpoint-url": "AWS_ENDPOINT_URL"}
_typed: ContextVar[Mapping[str, str]] = ContextVar("typed", default=NOTHING)


@contextmanager
def in_the_same_aws(region: str | None, profile: str | None, endpoint: str | None = None) -> Iterator[None]:
    """Let each command that is printed meanwhile choose the AWS that was typed."""
    token = _typed.set(
        {option: text for option, text in zip(VARIABLES, (region, profile, endpoint), strict=True) if text}
    )
    try:
        yield
    finally:
        _typed.reset(token)


def typed_profile() -> str | None:
    """Give the profile that was typed, as a shell takes it."""
    profile = _typed.get().get("--profile")
    return profile and shlex.quote(profile)


def make(target: str, copy: str, /, **told: str) -> str:
    """Spell a command of make, with settings by their names."""
    words = ({} if copy == MAIN else {"copy": copy}) | told
    # Make takes none of these options; what it runs reads the environment.
    chosen = [f"{VARIABLES[option]}={shlex.quote(text)}" for option, text in _typed.get().items()]
    return " ".join([*chosen, "make", target, *(setting(name, text) for name, text in words.items())])


def setting(name: str, text: str) -> str:
    """Spell a setting as a word of make's."""
    return shlex.quote(f"{name.upper()}={text}")


def ops(verb: str, copy: str) -> str:
    """Spell a command of ours."""
    options = ({} if copy == MAIN else {"--copy": copy}) | dict(_typed.get())
    return " ".join([OPS, verb, *(f"{option} {shlex.quote(text)}" for option, text in options.items())])


def removing(copy: str, *stacks: str) -> str:
    """Spell the command that removes some of a copy's stacks, and leaves the others alone."""
    return " ".join([ops("destroy", copy), *stacks])
