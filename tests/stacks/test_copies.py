"""The files with what each copy was told."""

import json
from pathlib import Path

import pytest

from stacks.copies import COPIES, ELSEWHERE, copies_folder, read_copy, write_copy
from stacks.setting import CHECKOUT, SettingsError

TOLD = {"web_from": "203.0.113.7/32", "app": "../größe", "port": "9000"}


def test_they_are_in_the_checkout_unless_a_process_is_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(ELSEWHERE, raising=False)
    assert copies_folder() == COPIES == CHECKOUT / "copies"

    monkeypatch.setenv(ELSEWHERE, str(tmp_path))
    assert copies_folder() == tmp_path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "deeper" / "copies"

    assert write_copy(folder, "alice", TOLD) == folder / "alice.json"
    assert read_copy(folder, "alice") == TOLD
    assert read_copy(folder, "main") == {}


def test_a_person_can_read_it_and_review_a_line(tmp_path: Path) -> None:
    file = write_copy(tmp_path, "main", TOLD)

    assert file
    assert file.read_text(encoding="utf-8").splitlines() == [
        "{",
        '  "app": "../größe",',
        '  "port": "9000",',
        '  "web_from": "203.0.113.7/32"',
        "}",
    ]
    assert file.read_text(encoding="utf-8").endswith("}\n")


def test_what_it_says_already_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "main.json"
    file.write_text('{"port": 9000}')

    assert write_copy(tmp_path, "main", {"port": "9000"}) is None
    assert file.read_text() == '{"port": 9000}'
    assert write_copy(tmp_path, "main", {}) == file
    assert read_copy(tmp_path, "main") == {}


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_no_draft(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="File too large"):
        write_copy(tmp_path, "main", TOLD)
    assert list(tmp_path.iterdir()) == []


def test_nothing_told_makes_no_file(tmp_path: Path) -> None:
    assert write_copy(tmp_path / "copies", "main", {}) is None
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_copy(tmp_path, "main", {"port": "9000"})

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_copy(tmp_path, "main", {"port": "9001"})

    assert read_copy(tmp_path, "main") == {"port": "9000"}


def test_whoever_reads_meanwhile_sees_the_old_or_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file itself is never opened to be written: a whole one takes its place."""
    write_copy(tmp_path, "main", {"port": "9000"})
    seen = []
    replace = Path.replace

    def look_then_replace(draft: Path, target: Path) -> Path:
        seen.append((read_copy(tmp_path, "main"), json.loads(draft.read_text())))
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", look_then_replace)
    write_copy(tmp_path, "main", {"port": "9001"})

    assert seen == [({"port": "9000"}, {"port": "9001"})]
    assert [path.name for path in tmp_path.iterdir()] == ["main.json"]


def test_json_may_hold_a_value_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text('{"termination_protection": true, "rate_limit": 5, "zone": "second"}')

    assert read_copy(tmp_path, "main") == {"termination_protection": "true", "rate_limit": "5", "zone": "second"}


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ('{"port": "9000"', "alice.json is no JSON (Expecting ',' delimiter: line 1 column 16 (char 15)): mend it, or"),
        ("", "alice.json is no JSON (Expecting value: line 1 column 1 (char 0)): mend it, or remove it to begin anew"),
        (b"\xff", "alice.json is no JSON ('utf-8' codec can't decode byte 0xff in position 0"),
        ('["port"]', 'alice.json holds no {"name": "value"}: mend it, or remove it to begin anew'),
        ("null", 'alice.json holds no {"name": "value"}: mend it, or remove it to begin anew'),
        ('{"prort": "9000"}', "alice.json: prort is not a setting; did you mean port? The settings are "),
        ('{"copy": "alice"}', "alice.json: copy is the file's own name: take it out"),
        ('{"port": [9000]}', "alice.json: port is [9000]: use a text"),
        ('{"port": null}', "alice.json: port is null: use a text"),
        ('{"rate_limit": 5.5}', "alice.json: rate_limit is 5.5: use a text"),
    ],
)
def test_a_file_that_cannot_be_meant(tmp_path: Path, content: str | bytes, wrong: str) -> None:
    text = content.encode() if isinstance(content, str) else content
    (tmp_path / "alice.json").write_bytes(text)

    with pytest.raises(SettingsError) as refused:
        read_copy(tmp_path, "alice")

    assert str(refused.value).startswith(f"{tmp_path.name}/{wrong}")
    with pytest.raises(SettingsError):
        write_copy(tmp_path, "alice", {"port": "9001"})
    assert (tmp_path / "alice.json").read_bytes() == text
