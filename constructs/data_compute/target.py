"""Where packages are installed: which of them are wanted there, and which files fit."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

# Of glibc 2: Amazon Linux 2023 has this one and Ubuntu 24.04 a newer one; wheels begin with that of manylinux1.
GLIBC, OLDEST_GLIBC = 34, 5


def processor_of(instance_type: str) -> str:
    """Name the processor of an EC2 instance type, such as t4g.small: Graviton's have a g behind their number."""
    return "aarch64" if re.match(r"a1\.|[a-z]+\d+[a-z]*g", instance_type) else "x86_64"


@dataclass(frozen=True)
class Target:
    """A version of Python, such as 3.12, on Linux, and the processor as Python names it: aarch64 or x86_64.

    What runs on this laptop as well has its lock for every system, and for this Python and each later one.
    """

    python: str
    processor: str
    here_too: bool = False

    @property
    def full_python(self) -> str:
        """The version to its last digit: Ubuntu's, as Amazon Linux's is newer."""
        return f"{self.python}.3"

    def meets(self, marker: str | None, groups: Iterable[str] = ()) -> bool:
        """Tell whether what has this marker is wanted here, without extras."""
        environment: dict[str, str | AbstractSet[str]] = {
            "implementation_name": "cpython",
            "implementation_version": self.full_python,
            "os_name": "posix",
            "platform_machine": self.processor,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self.full_python,
            "python_version": self.python,
            "sys_platform": "linux",
            "extra": "",
            "extras": frozenset(),
            "dependency_groups": frozenset(groups),
        }
        return marker is None or Marker(marker).evaluate(environment, context="lock_file")

    def takes(self, file: str) -> bool:
        """Tell whether a file is a wheel that can be installed here."""
        try:
            return not self._tags.isdisjoint(parse_wheel_filename(file)[3])
        except InvalidWheelFilename:
            return False

    @cached_property
    def _tags(self) -> set[Tag]:
        version, interpreter = tuple(map(int, self.python.split("."))), "cp" + self.python.replace(".", "")
        systems = ["linux", "manylinux1", "manylinux2010", "manylinux2014"]
        systems += [f"manylinux_2_{minor}" for minor in range(OLDEST_GLIBC, GLIBC + 1)]
        platforms = [f"{system}_{self.processor}" for system in systems]
        return {
            *cpython_tags(version, [interpreter], platforms),
            *compatible_tags(version, interpreter, platforms),
        }
