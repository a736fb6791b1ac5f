"""What is read of a resource's properties is noted, wherever they are handed on to."""

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_aws import readings
from local_aws.readings import Noted, Property, Record

CODE = {"Code": {"S3Bucket": "b", "S3Key": "k"}, "Handler": "h", "Layers": ["l"], "Disks": [{"Size": 1}, {"Type": "t"}]}
ALL = {"Code.S3Bucket", "Code.S3Key", "Disks.Size", "Disks.Type", "Handler", "Layers"}
TOP = {"Handler", "Layers"}


@pytest.mark.parametrize(
    ("look", "read"),
    [
        (lambda given: given["Handler"], {"Handler"}),
        (lambda given: given.get("Layers"), {"Layers"}),
        (lambda given: given.pop("Layers"), {"Layers"}),
        (lambda given: given.get("None", "else"), set()),
        (lambda given: given["Code"], set()),
        (lambda given: given["Code"].get("S3Key"), {"Code.S3Key"}),
        (lambda given: [disk.get("Size") for disk in given["Disks"]], {"Disks.Size"}),
        (lambda given: "Handler" in given and len(given) and given == CODE, set()),
        (lambda given: list(given.items()), TOP),
        (lambda given: list(given.values()), TOP),
        (lambda given: {**given}, TOP),
        (dict, TOP),
        (lambda given: dict(given)["Code"]["S3Key"], {*TOP, "Code.S3Key"}),
        (lambda given: given | {"More": 1}, set()),
        (lambda given: (given | {"More": 1})["Handler"], {"Handler"}),
        (lambda given: given.copy()["Code"]["S3Key"], {"Code.S3Key"}),
        (lambda given: copy.deepcopy(given)["Disks"][0]["Size"], {"Disks.Size"}),
        (json.dumps, ALL),
        (pickle.dumps, set()),
    ],
)
def test_what_is_read_is_told(look: Callable[[Any], Any], read: set[str]) -> None:
    told: set[str] = set()
    look(Noted(CODE, told.add))
    assert told == read


def test_it_is_what_it_was() -> None:
    given = Noted(CODE, lambda _: None)
    pickled = pickle.loads(pickle.dumps(given))  # noqa: S301 - our own
    for same in (given, copy.deepcopy(given), dict(given), json.loads(json.dumps(given)), pickled):
        assert same == CODE
    assert type(pickled) is dict


def test_each_is_kept_once_also_by_the_next_server(tmp_path: Path) -> None:
    file, found = tmp_path / "readings.txt", Property("AWS::EC2::EIP", "Domain")
    for _ in range(2):
        record = Record(file)
        record.keep(found)
        record.keep(found)
    assert file.read_text() == "AWS::EC2::EIP Domain\n"
    assert readings.read(file) == {found}
    assert readings.read(tmp_path / "none") == set()
