"""Which files change and who runs them; whatever a stranger's asset is, it is looked at in bounded time."""

import os
import zipfile
from pathlib import Path

import pytest

from review import assets
from review.assembly import Assembly
from review.assets import Asset, Room, TooLargeError
from review.kinds import code
from tests.review.apps import app, in_words, resource, told

OLD, NEW = "a" * 64, "b" * 64


def running(id_: str, path: Path, user: str = "AWS::Lambda::Function") -> Assembly:
    assembly = app({"It": resource(user, {"Code": {"S3Key": f"{id_}.zip"}})})
    assembly.assets = {id_: Asset(id_, path, "It/Code")}
    return assembly


def folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, content in files.items():
        (path / f"{name}.py").write_text(content)
    return path


def test_the_files_that_change_come_and_go(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "1", a="1", b="1", c="1"), folder(tmp_path / "2", a="1", b="2", d="1")
    facts = told(running(OLD, old), running(NEW, new))
    assert in_words(facts) == {"note code:App/It"}
    sentence = "Files of `It/Code` that change: `b.py`; that come: `d.py`; that go: `c.py`."
    assert facts["code:App/It"].sentence == sentence


@pytest.mark.parametrize(
    ("user", "runs"),
    [
        ("Custom::CDKBucketDeployment", True),
        ("AWS::IAM::Policy", False),
        ("AWS::S3::BucketPolicy", False),
        ("AWS::CloudFormation::Stack", False),
    ],
)
def test_who_may_read_a_file_does_not_run_it(tmp_path: Path, user: str, *, runs: bool) -> None:
    old, new = folder(tmp_path / "1", a="1"), folder(tmp_path / "2", a="2")
    assert ("code:App/It" in told(running(OLD, old, user), running(NEW, new, user))) is runs


def test_another_hash_of_the_same_files_is_no_news(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "1", a="1"), folder(tmp_path / "2", a="1")
    assert in_words(told(running(OLD, old), running(NEW, new))) == set()


def test_a_template_without_its_files_says_that_they_change(tmp_path: Path) -> None:
    facts = told(running(OLD, tmp_path / "no"), running(NEW, tmp_path / "no"))
    assert facts["code:App/It"].sentence == "The files of `It/Code` change."


def test_many_files_are_counted(tmp_path: Path) -> None:
    new = folder(tmp_path / "2", **{f"f{number:03}": "" for number in range(25)})
    facts = told(running(OLD, folder(tmp_path / "1")), running(NEW, new))
    assert "`f009.py` and 15 more." in facts["code:App/It"].sentence


def packed(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(tmp_path / "bomb.zip", zeros=bytes(3_000_000))
    with pytest.raises(TooLargeError):
        Asset(NEW, bomb, "").files(Room(size=2_000_000))

    monkeypatch.setattr(code, "Room", lambda: Room(size=2_000_000))
    facts = told(running(OLD, folder(tmp_path / "1")), running(NEW, bomb))
    assert "too many or too large" in facts["code:App/It"].sentence


def test_too_many_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"f{number}" for number in range(200)]
    many, zipped = (
        folder(tmp_path / "1", **dict.fromkeys(names, "")),
        packed(tmp_path / "2", **dict.fromkeys(names, b"")),
    )
    for path in (many, zipped):
        with pytest.raises(TooLargeError):
            Asset(NEW, path, "").files(Room(files=100))

    monkeypatch.setattr(assets, "MOST_BYTES_OF_A_LIST", 1000)
    with pytest.raises(TooLargeError):
        Asset(NEW, zipped, "").files(Room())


def test_what_is_broken_is_never_the_same_as_another(tmp_path: Path) -> None:
    zips = [packed(tmp_path / name, x=b"content" * 100) for name in ("1", "2")]
    for path in zips:
        content = bytearray(path.read_bytes())
        content[40] ^= 0xFF
        path.write_bytes(content)
    facts = told(running(OLD, zips[0]), running(NEW, zips[1]))
    assert facts["code:App/It"].sentence == "Files of `It/Code` that change: `x`."


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    path = folder(tmp_path / "1", a="1")
    (path / "out").symlink_to("/etc")
    (path / "file").symlink_to("/etc/passwd")
    os.mkfifo(path / "pipe")
    assert [*Asset(NEW, path, "").files(Room())] == ["a.py"]


def test_names_of_files_work_as_no_markdown(tmp_path: Path) -> None:
    new = packed(tmp_path / "2", **{"`[x](http://x)\n# @y": b""})
    sentence = told(running(OLD, folder(tmp_path / "1")), running(NEW, new))["code:App/It"].sentence
    assert sentence == "Files of `It/Code` that come: `'[x](http://x) # @y`."
