"""Runs a command with the settings that make was given: ``python -m ops.with_settings cdk diff``.

They come by the environment and leave as arguments, so that no shell ever reads them.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping

from ops.errors import OpsError
from ops.output import note

# make's variables, and the settings that they are.
DOORS = {"WEB_FROM": "web_from", "SSH_FROM": "ssh_from"}
SETTING = re.compile(r"[^\s=-][^\s=]*=.*", re.DOTALL)


def arguments(given: Mapping[str, str]) -> list[str]:
    """Read the settings, as arguments of the CDK command line."""
    settings = [f"{key}={_looked_up(given[name])}" for name, key in DOORS.items() if given.get(name)]
    settings += _settings(given.get("SETTINGS", ""))
    return [word for setting in settings for word in ("-c", setting)]


def _looked_up(sources: str) -> str:
    # Here, not above: most runs ask nobody.
    from ops.my_ip import replace_my_ip

    return replace_my_ip(sources)


def _settings(text: str) -> Iterator[str]:
    try:
        words = iter(shlex.split(text))
    except ValueError as error:
        raise _refusal(text, str(error)) from None
    for word in words:
        if word not in ("-c", "--context"):
            raise _refusal(text, f"{word!r} is no -c")
        setting = next(words, "")
        if not SETTING.fullmatch(setting):
            raise _refusal(text, f"{setting!r} after {word} is no key=value")
        yield setting


def _refusal(text: str, reason: str) -> OpsError:
    return OpsError(f"SETTINGS={text!r}: {reason}; write it as SETTINGS='-c copy=alice -c port=8080'")


def main(command: list[str]) -> int:
    """Let the command take this process over, or say why not."""
    if not command:
        note("usage: python -m ops.with_settings COMMAND…    with WEB_FROM, SSH_FROM and SETTINGS in the environment")
        return 2
    try:
        words = [*command, *arguments(os.environ)]
        os.execvp(words[0], words)  # noqa: S606 - what make would have run
    except OpsError as error:
        note(f"error: {error}")
    except OSError as error:
        note(f"error: can't run {command[0]}: {error.strerror}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
