"""What a construct adds to a machine's boot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aws_cdk import aws_iam as iam

NAME = re.compile(r"[a-z][a-z0-9_]*")
SETTING = re.compile(r"[A-Z][A-Z0-9_]*")
SCRIPT = "part.sh"


@dataclass(frozen=True, kw_only=True)
class BootPart:
    """A step of the boot before the app is installed and its server starts: mounts, timers, drop-ins of the unit.

    A part may install the app's requirements itself, from ``$FILES/app``: where it has made ``$FILES/venv``, with
    ``bin/streamlit`` in it, the boot installs nothing more.

    :param name: lower case, once a machine; the boot log says when it runs.
    :param files: a folder with ``part.sh``, which root's bash runs in that folder, and whatever that needs. An exit
        status other than 0 fails the boot. So does that of ``last.sh``, which runs, if it is there, once the page
        answers, and before the boot tells that it went well.
    :param settings: what both scripts find in their environment, beside the machine's own settings, the paths of
        ``boot/contract.env``, and ``BOOT_LEFT``, the seconds that are left of the boot.
    :param rights: what the machine's role may do on top, for as long as the machine lives.
    """

    name: str
    files: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    rights: Sequence[iam.PolicyStatement] = ()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"boot part {self.name!r}: use lower-case letters, digits and underscores, such as mounts")
        for setting in self.settings:
            if not SETTING.fullmatch(setting):
                raise ValueError(
                    f"boot part {self.name!r} has the setting {setting!r}: use capitals, such as MOUNTED_AT"
                )
        if not (self.files / SCRIPT).is_file():
            raise ValueError(
                f"boot part {self.name!r} has no {SCRIPT} in {str(self.files)!r}: that is what the boot runs"
            )
