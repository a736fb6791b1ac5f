"""key writes a file that ssh accepts, and never harms one that is there."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ops.answers.errors import OpsError
from ops.cloud import key_file
from tests.ops.fake_aws import PAIR, FakeAws, Ops

PEM_TEXT = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return tmp_path / "the-pair.pem"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def run(aws: FakeAws, ops: Ops, folder: Path, *more: str, secret: str | None = PEM_TEXT) -> tuple[int, str, str]:
    aws.deployment()
    aws.key_pair(secret)
    result = ops("key", "--folder", str(folder), *more)
    assert "secret" not in result.output
    return result.exit_code, result.stdout, result.stderr


def test_the_key_is_written_for_its_owner_alone(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path) -> None:
    assert run(aws, ops, tmp_path)[0] == 0
    assert pem.read_text() == PEM_TEXT
    assert mode(pem) == 0o400
    assert list(tmp_path.iterdir()) == [pem]


@pytest.fixture
def home(aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Deploy with a lab's own key pair, for somebody with a home folder."""
    aws.deployment(key="vockey")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("Downloads", ".ssh", "folder"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_the_newest_of_a_labs_keys_is_taken_and_closed_to_others(ops: Ops, home: Path) -> None:
    old, new = home / ".ssh" / "labsuser.pem", home / "Downloads" / "labsuser (1).pem"
    for age, path in enumerate((new, old)):
        path.write_text(PEM_TEXT)
        path.chmod(0o644)
        os.utime(path, (1e9 - age, 1e9 - age))
    result = ops("key", "--json")
    assert json.loads(result.stdout) == {"file": str(new), "keyPair": "vockey", "done": "repaired", "dryRun": False}
    assert (mode(new), mode(old)) == (0o400, 0o644)


def test_a_labs_key_in_the_folder_that_is_named(ops: Ops, home: Path) -> None:
    path = home / "folder" / "labsuser.pem"
    path.write_text(PEM_TEXT)
    path.chmod(0o400)
    assert ops("key", "--folder", str(path.parent)).stdout == f"{path} is here already\n"


def test_a_dry_run_leaves_a_labs_key_as_it_is(ops: Ops, home: Path) -> None:
    path = home / "Downloads" / "labsuser.pem"
    path.write_text(PEM_TEXT)
    path.chmod(0o644)
    assert "would be made readable by you alone" in ops("key", "--dry-run").stdout
    assert mode(path) == 0o644


def test_a_labs_key_that_was_not_downloaded(ops: Ops, home: Path) -> None:
    result = ops("key", "--folder", str(home / "folder"))
    assert result.exit_code == 1
    assert result.stderr == (
        f"error: no labsuser.pem in {home}/folder, {home}/Downloads, {home}/.ssh: download it on the lab's page, "
        "AWS Details, Download PEM, and leave it in one of these\n"
    )


def test_a_value_without_its_last_line_break_gets_one(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path) -> None:
    run(aws, ops, tmp_path, secret=PEM_TEXT.rstrip())
    assert pem.read_text() == PEM_TEXT


def test_the_answer_for_scripts(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path) -> None:
    facts = json.loads(run(aws, ops, tmp_path, "--json")[1])
    assert facts == {"file": str(pem), "keyPair": PAIR, "done": "written", "dryRun": False}


def test_fetching_again_keeps_the_file(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path) -> None:
    pem.write_text(PEM_TEXT)
    pem.chmod(0o400)
    before = pem.stat()
    code, out, _ = run(aws, ops, tmp_path)
    assert (code, out) == (0, f"{pem} is here already\n")
    assert pem.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("open_mode", [0o644, 0o640, 0o604])
def test_a_file_open_to_others_is_repaired(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path, open_mode: int) -> None:
    pem.write_text(PEM_TEXT)
    pem.chmod(open_mode)
    code, out, _ = run(aws, ops, tmp_path)
    assert code == 0
    assert "was open to others, which ssh refuses" in out
    assert mode(pem) == 0o400


def test_another_key_is_never_overwritten(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path) -> None:
    pem.write_text("mine")
    code, _, err = run(aws, ops, tmp_path)
    assert code == 1
    assert "holds another key" in err
    assert pem.read_text() == "mine"


def test_a_file_that_appears_meanwhile_is_not_overwritten(pem: Path) -> None:
    pem.write_text("mine")
    with pytest.raises(OpsError, match="created by somebody else"):
        key_file.write_new(pem, PEM_TEXT)
    assert pem.read_text() == "mine"
    assert list(pem.parent.iterdir()) == [pem]


@pytest.mark.parametrize("there", [None, 0o644])
def test_a_rehearsal_writes_nothing(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path, there: int | None) -> None:
    if there:
        pem.write_text(PEM_TEXT)
        pem.chmod(there)
    code, out, _ = run(aws, ops, tmp_path, "--dry-run")
    assert code == 0
    assert "would be" in out
    assert pem.exists() == bool(there)
    assert not there or mode(pem) == there


def test_an_imported_pair_has_no_private_key_in_aws(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    aws.refuse("ssm", "get_parameter", "ParameterNotFound")
    code, _, err = run(aws, ops, tmp_path, secret=None)
    assert code == 1
    assert "was imported (the setting public_key)" in err
    assert list(tmp_path.iterdir()) == []


def test_a_pair_that_is_gone_is_told(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.refuse("ec2", "describe_key_pairs", "InvalidKeyPair.NotFound")
    result = ops("key")
    assert result.exit_code == 1
    assert "does not exist any more" in result.stderr


def test_a_name_with_a_slash_leads_nowhere_else(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    aws.deployment()
    aws.key_pair(PEM_TEXT, name="../evil")
    ops("key", "--folder", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [".._evil.pem"]


def test_a_folder_that_does_not_exist_is_told(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    code, _, err = run(aws, ops, tmp_path / "nowhere")
    assert code == 1
    assert "does not exist: create it" in err


def test_a_folder_in_the_files_place_is_told(aws: FakeAws, ops: Ops, tmp_path: Path, pem: Path) -> None:
    pem.mkdir()
    code, _, err = run(aws, ops, tmp_path)
    assert code == 1
    assert "holds another key" in err


# Writes a key, and stops for good just before a step, which it names.
STOPS = """
import os, signal, sys, time
from pathlib import Path
from ops.cloud import key_file

step, path, private_key = sys.argv[1:]

def stop(*_, **__):
    print(step, flush=True)
    time.sleep(60)

os.umask(0)
# What runs in the background of a shell is started deaf to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
setattr(os, step, stop)
key_file.write_new(Path(path), private_key)
"""


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """Give a folder that ignores what this checkout does."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    shutil.copy(root / ".gitignore", tmp_path)
    return tmp_path


def untracked(checkout: Path) -> list[str]:
    """List what `git add .` would take, but for the list of what it would not."""
    told = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in told.stdout.splitlines() if line != "?? .gitignore"]


@pytest.mark.system
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("step", ["fdopen", "fsync", "link", "unlink"])
def test_a_signal_leaves_nothing_that_git_would_take(
    aws: FakeAws, ops: Ops, root: Path, checkout: Path, step: str, number: signal.Signals
) -> None:
    pem = checkout / "the-pair.pem"
    with subprocess.Popen(
        [sys.executable, "-c", STOPS, step, pem, PEM_TEXT],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as writer:
        assert writer.stdout
        try:
            assert writer.stdout.readline() == f"{step}\n"
            assert untracked(checkout) == []
            writer.send_signal(number)
            assert writer.wait(timeout=20) != 0
        finally:
            writer.kill()

    assert untracked(checkout) == []
    left = [path for path in checkout.iterdir() if path.name not in (".git", ".gitignore")]
    assert all(mode(path) in (0o400, 0o600) for path in left)

    assert run(aws, ops, checkout)[0] == 0
    assert pem.read_text() == PEM_TEXT
    assert {path.name for path in checkout.iterdir()} == {".git", ".gitignore", pem.name}


def test_what_is_no_draft_of_this_key_stays(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    other, folder = tmp_path / ".key-other.pem", tmp_path / ".key-folder.pem"
    other.write_text("another key")
    folder.mkdir()
    assert run(aws, ops, tmp_path)[0] == 0
    assert other.read_text() == "another key"
    assert folder.is_dir()


def test_a_pair_that_is_called_like_a_draft_keeps_its_key(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    for _ in range(2):
        aws.deployment()
        aws.key_pair(PEM_TEXT, name=".key-mine")
        assert ops("key", "--folder", str(tmp_path)).exit_code == 0
    assert (tmp_path / ".key-mine.pem").read_text() == PEM_TEXT


def test_a_rehearsal_leaves_drafts(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    draft = tmp_path / ".key-abc.pem"
    draft.write_text(PEM_TEXT)
    assert run(aws, ops, tmp_path, "--dry-run")[0] == 0
    assert draft.exists()


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_told_and_leaves_nothing(aws: FakeAws, ops: Ops, tmp_path: Path) -> None:
    code, out, err = run(aws, ops, tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith(
        f"error: {tmp_path}/the-pair.pem can't be written (File too large): mend that, or name another"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_file_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o555)
        before = os.geteuid()
        # Whom no mode stops: for a moment, somebody else.
        if not before:
            os.seteuid(65534)
        try:
            with pytest.raises(
                OpsError, match=r"the-pair\.pem can't be written \(Permission denied\): mend that, or name"
            ):
                key_file.write_new(Path(name, "the-pair.pem"), PEM_TEXT)
        finally:
            os.seteuid(before)
