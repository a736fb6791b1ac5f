"""The one folder that holds everything the embedded AWS writes."""

import fcntl
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_aws.ministack.settings import has_saved
from ops.answers import embedded
from ops.answers.errors import OpsError

USUAL = embedded.FOLDER.resolve()
# What takes long to make and may go at any time: beside the checkout's Python packages, as the Makefile has it too.
CACHE = Path(sys.prefix) / "cache"
BYTECODE = CACHE / "bytecode"


class State:
    """The folder and the names of what lies in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # What shows that the folder is ours: nothing in a folder without it is ever removed.
        self.marker = folder / "made-by-make-up"
        # Who serves, and on which port.
        self.server_record = folder / embedded.RECORD
        # What the embedded AWS itself has to say.
        self.server_log = folder / "server.log"
        # The home of every process we start, so that nothing lands in the person's own.
        self.home = folder / "home"
        # The place of temporary files, MiniStack's included.
        self.temporary = folder / "tmp"
        # The CDK command line that deploys right now.
        self.cdk_process = folder / "cdk.json"
        # The one that synthesizes beside the start of the embedded AWS.
        self.synthesis_process = folder / "synthesis.json"
        # All that the latest of these command lines has said.
        self.cdk_log = folder / "cdk.log"
        # What IAM has decided.
        self.decisions = folder / "decisions.jsonl"
        # Which properties of templates it has looked at.
        self.readings = folder / "readings.txt"
        # What a lab's student signs with; there only where the embedded AWS is one.
        self.student = folder / "student.json"
        # The synthesized templates, apart from the cdk.out that other commands use.
        self.cdk_output = folder / "cdk.out"
        # What `up` was told each copy is to be: here, as the checkout's own copies are for AWS.
        self.copies = folder / "copies"
        # What is known of the deploys that went well; there once one did.
        self.deployments = folder / "deployments"
        # MiniStack's saved services: there only after `down --keep`.
        self.kept = folder / "kept"
        # What the embedded S3 stores.
        self.objects = folder / "s3"
        # Who signs the edges' certificates: what a browser may be told to trust.
        self.authority = folder / "edge" / "authority.pem"
        # One folder an instance, which is its disk.
        self.machines = folder / "machines"

    def deployment(self, copy: str) -> Path:
        """Which folders the last good deploy of a copy has brought."""
        return self.deployments / f"{copy}.json"

    def swapped(self, copy: str) -> Path:
        """There while sources of a copy run that no deploy has brought."""
        return self.deployments / f"{copy}.swapped"

    @property
    def is_kept(self) -> bool:
        """Whether the next start carries on from here."""
        return has_saved(self.kept)

    def check(self) -> bool:
        """Tell whether the folder is there and ours; refuse one that holds, or may hold, what is not ours."""
        try:
            found = self.folder.lstat()
        except FileNotFoundError:
            return False
        if not stat.S_ISDIR(found.st_mode):
            raise self._refusal("is not a folder")
        if found.st_uid != os.geteuid():
            raise self._refusal("belongs to another user")
        # In this order: who makes the folder at this very moment puts the marker in first.
        holds_something = any(self.folder.iterdir())
        if self.marker.is_file():
            return True
        if holds_something:
            raise self._refusal(f"holds files, and no {self.marker.name} that shows whose they are")
        return False

    def _refusal(self, why: str) -> OpsError:
        return OpsError(
            f"{self.folder} {why}, so it is left alone: name a new or an empty folder with --state. "
            "If an earlier version's `make up` made it, remove it yourself; what still runs from it then ends"
        )

    def create(self) -> None:
        """Create the folder and its places; only its owner may look inside, as private keys lie there."""
        ours = self.check()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        if not ours:
            # Once more, now that nobody else can put anything there.
            self.check()
            self.marker.write_text("`make down` removes this folder and all that it holds.\n", encoding="utf-8")
        for place in (self.home, self.temporary, self.machines, self.authority.parent):
            place.mkdir(exist_ok=True)
            place.chmod(0o700)

    def discard(self, *places: Path) -> None:
        """Remove some of what the folder holds, if the folder is ours."""
        if not self.check():
            return
        for place in places:
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove everything. The marker goes last: what is interrupted here, or fails, can be done again."""
        if not self.check():
            return
        self.discard(*self._content())
        for place in self._content():
            try:
                # Once more, for the reason.
                shutil.rmtree(place)
            except OSError as error:
                raise OpsError(
                    f"{place} stays, as not all of it can be removed ({error}): remove it yourself, then try again"
                ) from None
        self.marker.unlink()
        self.folder.rmdir()
        # Python keeps the bytecode of a file under the file's own path.
        shutil.rmtree(BYTECODE.joinpath(*self.folder.parts[1:]), ignore_errors=True)

    def _content(self) -> list[Path]:
        return [place for place in self.folder.iterdir() if place != self.marker]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one command at a time; the kernel lets go when the command dies."""
        self.create()
        path = self.folder / "lock"
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OpsError(
                    f"another command is changing the embedded AWS in {self.folder}: wait until it is done"
                ) from None
            yield


def write_json(path: Path, content: Any) -> None:
    """Write so that a reader sees the old content or the new, never half of it."""
    draft = path.with_suffix(f".{os.getpid()}.draft")
    try:
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(path)
    finally:
        # Still there where the disk was full.
        draft.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """Read what ``write_json`` wrote, or None where nothing was."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        # As after a full disk or by somebody's hand. A server whose record is gone ends by itself.
        raise OpsError(f"{path} is no JSON ({error}): remove it, then `make up` makes it anew") from None
