"""What is uploaded beside the templates: the files of functions and machines."""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Asset:
    """A file or folder that is uploaded."""

    id: str
    path: Path
    # Such as `Server/App`.
    name: str

    def files(self) -> dict[str, str]:
        """Give a digest of each file in it, by its path there; a zip is read as what it unpacks to."""
        if self.path.is_dir():
            found = sorted(one for one in self.path.rglob("*") if one.is_file() and not one.is_symlink())
            return {one.relative_to(self.path).as_posix(): _digest(one.read_bytes()) for one in found}
        if zipfile.is_zipfile(self.path):
            with zipfile.ZipFile(self.path) as archive:
                return {one.filename: _digest(archive.read(one)) for one in archive.infolist() if not one.is_dir()}
        return {self.path.name: _digest(self.path.read_bytes())} if self.path.is_file() else {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
