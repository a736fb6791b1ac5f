"""key writes a file that ssh accepts, and never harms one that is there."""

import json
import stat
from pathlib import Path

import pytest

from ops import key as keys
from ops.errors import OpsError
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
        keys.write_new(pem, PEM_TEXT)
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
