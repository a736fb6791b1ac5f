"""What is uploaded beside the templates: the files of functions and machines. They may be a stranger's."""

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# Of all assets together, so that no change takes minutes to look at.
MOST_FILES = 20_000
MOST_BYTES = 300_000_000
# Of the list of a zip's files, which is read at once: as many as above, with long names.
MOST_BYTES_OF_A_LIST = 4_000_000
CHUNK = 1 << 20
BROKEN = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


class TooLargeError(Exception):
    """There is more in an asset than is looked at."""


class Room:
    """How much may still be read."""

    def __init__(self, files: int = MOST_FILES, size: int = MOST_BYTES) -> None:
        self._files, self._size = files, size

    def take(self, *, files: int = 0, size: int = 0) -> None:
        """Count what is about to be kept."""
        self._files, self._size = self._files - files, self._size - size
        if self._files < 0 or self._size < 0:
            raise TooLargeError


@dataclass(frozen=True)
class Asset:
    """A file or folder that is uploaded."""

    id: str
    path: Path
    # Such as `Server/App`.
    name: str

    def files(self, room: Room) -> dict[str, str]:
        """Give a digest of each file in it, by its path there; a zip is read as what it unpacks to."""
        if not self.path.is_dir() and self._is_zip():
            with _Bounded(self.path) as file, zipfile.ZipFile(file) as archive:
                packed = [one for one in archive.infolist() if not one.is_dir()]
                room.take(files=len(packed))
                return {one.filename: self._digest(room, archive.open, one) for one in packed}
        if self.path.is_dir():
            names = sorted(_within(self.path, room))
            return {name: self._digest(room, open, self.path / name, "rb") for name in names}
        return {self.path.name: self._digest(room, open, self.path, "rb")} if self.path.is_file() else {}

    def text_of(self, names: list[str], most: int, room: Room) -> str | None:
        """Give the beginning of the first file that has one of some names; None where none has."""
        if not self.path.is_dir():
            if not self._is_zip():
                return None
            with _Bounded(self.path) as file, zipfile.ZipFile(file) as archive:
                room.take(files=len(archive.filelist))
                for name in set(names) & set(archive.NameToInfo):
                    with suppress(*BROKEN), archive.open(name) as one:
                        return one.read(most).decode(errors="replace")
            return None
        for path in (self.path / name for name in names):
            if path.is_file() and path.resolve().is_relative_to(self.path.resolve()):
                with suppress(OSError), path.open("rb") as one:
                    return one.read(most).decode(errors="replace")
        return None

    def _is_zip(self) -> bool:
        with suppress(*BROKEN), _Bounded(self.path) as file, zipfile.ZipFile(file):
            return True
        return False

    def _digest(self, room: Room, opened: Callable[..., IO[bytes]], *what: Any) -> str:
        digest = hashlib.sha256()
        try:
            with opened(*what) as file:
                while chunk := file.read(CHUNK):
                    room.take(size=len(chunk))
                    digest.update(chunk)
        except BROKEN:
            # The same in no other asset.
            return f"cannot be read: {self.id}"
        return digest.hexdigest()


class _Bounded(io.FileIO):
    """A zip whose list of files may be a lie."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_BYTES_OF_A_LIST:
            raise TooLargeError
        return super().read(size)


def _within(folder: Path, room: Room) -> Iterator[str]:
    for at, _, names in os.walk(folder):
        for name in names:
            room.take(files=1)
            file = Path(at, name)
            # No link, which may lead out of the assembly, and no pipe, which never ends.
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(folder).as_posix()
