"""The one folder that holds everything the embedded AWS writes."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.errors import LocalAwsError

CHECKOUT = Path(__file__).parents[1]


@dataclass(frozen=True)
class State:
    """The folder and the names of what lies in it."""

    folder: Path

    @classmethod
    def of_checkout(cls) -> "State":
        """Locate the folder: ``.local-aws`` in the checkout, or what LOCAL_AWS_STATE names."""
        return cls(Path(os.environ.get("LOCAL_AWS_STATE") or CHECKOUT / ".local-aws").resolve())

    @property
    def server_record(self) -> Path:
        """Who serves, and on which port."""
        return self.folder / "server.json"

    @property
    def server_log(self) -> Path:
        """What the embedded AWS itself has to say."""
        return self.folder / "server.log"

    @property
    def home(self) -> Path:
        """The home of every process we start, so that nothing lands in the person's own."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """The place of temporary files, MiniStack's included."""
        return self.folder / "tmp"

    @property
    def cdk_process(self) -> Path:
        """The CDK command line that deploys right now."""
        return self.folder / "cdk.json"

    @property
    def deployed(self) -> Path:
        """There once a deploy went well."""
        return self.folder / "deployed"

    @property
    def swapped(self) -> Path:
        """There while sources run that no deploy has brought."""
        return self.folder / "swapped"

    @property
    def kept(self) -> Path:
        """MiniStack's saved services: there only after ``down --keep``."""
        return self.folder / "kept"

    @property
    def is_kept(self) -> bool:
        """Whether MiniStack has saved its services; the folder alone says little, as some write there at any time."""
        return (self.kept / "cloudformation.json").exists()

    @property
    def objects(self) -> Path:
        """What the embedded S3 stores."""
        return self.folder / "s3"

    @property
    def machines(self) -> Path:
        """One folder an instance, which is its disk."""
        return self.folder / "machines"

    @property
    def cdk_output(self) -> Path:
        """The synthesized templates, apart from the cdk.out that other commands use."""
        return self.folder / "cdk.out"

    def create(self) -> None:
        """Create the folder and its places; only its owner may look inside, as private keys lie there."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place in (self.home, self.temporary, self.machines):
            place.mkdir(exist_ok=True)

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one command at a time; the kernel lets go when the command dies."""
        self.create()
        path = self.folder / "lock"
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LocalAwsError(
                    f"another command is changing the embedded AWS of {self.folder.parent}: wait until it is done"
                ) from None
            yield


def write_json(path: Path, content: Any) -> None:
    """Write so that a reader sees the old content or the new, never half of it."""
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)


def read_json(path: Path) -> Any:
    """Read what ``write_json`` wrote, or None where nothing was."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
