"""Which properties of a template the embedded AWS has ever looked at, kept in a file: it ignores all others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

# Told a property's path when somebody reads it, such as `Code.S3Key`; members of a list have the list's own.
Tell = Callable[[str], None]


class Property(NamedTuple):
    """A property of a resource type."""

    kind: str
    path: str


class Noted(dict[str, Any]):
    """Properties that tell which of them are read, wherever they are handed on to; copying reads nothing."""

    def __init__(self, content: Mapping[str, Any], tell: Tell, path: str = "") -> None:
        self._tell, self._path = tell, path
        super().__init__({name: self._noted(value, self._to(name)) for name, value in _unread(content)})

    def __getitem__(self, name: str) -> Any:
        self._read(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Read one."""
        self._read(name)
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        """Read one and remove it."""
        self._read(name)
        return super().pop(name, *default)

    def items(self) -> Any:
        """Read all."""
        self._read(*self)
        return super().items()

    def values(self) -> Any:
        """Read all."""
        self._read(*self)
        return super().values()

    def __iter__(self) -> Iterator[str]:
        # Only where a class has its own do `dict(...)` and `**` come by `__getitem__`.
        return super().__iter__()

    def __or__(self, other: Mapping[str, Any]) -> "Noted":  # type: ignore[override]
        return Noted({name: value for part in (self, other) for name, value in _unread(part)}, self._tell, self._path)

    def copy(self) -> "Noted":
        """Copy it, which reads nothing."""
        return self | {}

    def __deepcopy__(self, _memo: Any) -> "Noted":
        return Noted(_plain(self), self._tell, self._path)

    def __reduce__(self) -> Any:
        return dict, (_plain(self),)

    def _to(self, name: str) -> str:
        return f"{self._path}.{name}".lstrip(".")

    def _read(self, *names: str) -> None:
        """Tell of values; of one that holds others, whoever looks into it tells."""
        for name in names:
            if name in self and not _holds(super().get(name)):
                self._tell(self._to(name))

    def _noted(self, value: Any, path: str) -> Any:
        if isinstance(value, list) and _holds(value):
            return [self._noted(member, path) for member in value]
        return Noted(value, self._tell, path) if _holds(value) and not isinstance(value, Noted) else value


def _plain(value: Any) -> Any:
    """Give a value without any noting, unread."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in _unread(value)}
    return [_plain(member) for member in value] if isinstance(value, list) else value


def _unread(content: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return dict.items(content) if isinstance(content, dict) else content.items()


def _holds(value: Any) -> bool:
    """Tell whether a value holds properties with names."""
    return bool(value) and (isinstance(value, dict) or (isinstance(value, list) and any(map(_holds, value))))


class Record:
    """The file as the embedded AWS writes it, each property once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = read(file)

    def keep(self, found: Property) -> None:
        """Write down that a property was read."""
        if found not in self._known:
            self._known.add(found)
            with self._file.open("a", encoding="utf-8") as kept:
                kept.write(f"{found.kind} {found.path}\n")


def read(file: Path) -> set[Property]:
    """Read what has been read."""
    if not file.exists():
        return set()
    lines = file.read_text(encoding="utf-8").splitlines()
    return {Property(*line.split(" ", 1)) for line in lines if " " in line}
