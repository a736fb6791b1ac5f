"""The machine's user data: its settings, and the few lines that fetch and run the boot script."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Stack
from constructs import IConstruct

FIRST_BOOT = Path(__file__).with_name("first_boot.sh")

# EC2 refuses more, counted before base64.
LIMIT_BYTES = 16 * 1024
# A token's value (a URL, a bucket's name) is unknown before the deploy; this is more than any such value takes.
TOKEN_BYTES = 256

END = "END_OF_FILE"
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def render_user_data(
    *, made_of: str, machine: Mapping[str, str], app: Mapping[str, str], first_lines: Path | None = None
) -> str:
    """Render the bash script that a fresh machine runs once, from its second line on.

    :param made_of: what the machine is made of beyond its settings, such as its size: a change makes a new machine.
    :param machine: the settings of the boot script and the unit, in ``/etc/streamlit-server/machine.env``.
    :param app: the app's environment, in ``/etc/streamlit-server/app.env``.
    :param first_lines: what the operating system needs before the boot, if anything.
    """
    # The unit reads both files; a PORT of the app's would move the server away from where the boot looks for it.
    for name in sorted(machine.keys() & app.keys() - {"AWS_DEFAULT_REGION"}):
        raise ValueError(f"environment has the name {name!r}, which is the machine's own setting: use another name")
    return "\n".join(
        [
            f"# A StreamlitServer on {made_of}. Whatever changes in these lines makes a new machine.",
            "set -euo pipefail",
            "install -d -m 755 /etc/streamlit-server",
            *_file("machine.env", machine),
            *_file("app.env", app),
            *([first_lines.read_text(encoding="utf-8")] if first_lines else []),
            FIRST_BOOT.read_text(encoding="utf-8"),
        ]
    )


def check_size(scope: IConstruct, user_data: str) -> None:
    """Raise if EC2 would refuse the user data for its size."""
    size = _size(Stack.of(scope).resolve(user_data))
    if size > LIMIT_BYTES:
        raise ValueError(
            f"the user data takes {size:,} bytes and EC2 allows {LIMIT_BYTES:,}: shorten environment, "
            "or put its values into a file of the app or into Parameter Store"
        )


def _file(name: str, settings: Mapping[str, str]) -> list[str]:
    """Write an environment file, which systemd and bash read alike; root alone may."""
    lines = [f"{key}={_quote(key, value)}" for key, value in settings.items()]
    return [
        f"install -m 600 /dev/null /etc/streamlit-server/{name}",
        f"cat >/etc/streamlit-server/{name} <<'{END}'",
        *lines,
        END,
    ]


def _quote(name: str, value: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"environment has the name {name!r}: use letters, digits and underscores, such as API_URL")
    if any(ord(character) < 32 for character in value):
        raise ValueError(
            f"environment {name} holds a line break or a control character: {value!r}; a value is one line of text"
        )
    # Between single quotes neither bash nor systemd looks for anything. They differ about a backslash outside of them,
    # and shlex writes a single quote without one.
    return shlex.quote(value)


def _size(resolved: object) -> int:
    if isinstance(resolved, str):
        return len(resolved.encode())
    if isinstance(resolved, dict) and list(resolved) == ["Fn::Join"]:
        separator, parts = resolved["Fn::Join"]
        return sum(_size(part) for part in parts) + len(separator) * (len(parts) - 1)
    return TOKEN_BYTES
