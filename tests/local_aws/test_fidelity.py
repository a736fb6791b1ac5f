"""The ledger: every property of our templates stands in one line of its table, and each test that it names is there."""

import json
from pathlib import Path
from unittest.mock import Mock

import pytest

from local_aws.commands import fidelity as command
from local_aws.fidelity import Line, Table, properties, summary, table
from local_aws.readings import Property
from ops.answers.errors import OpsError
from readme_section import PAGE, with_section

SNAPSHOTS = Path(__file__).parents[1] / "stacks" / "__snapshots__"


@pytest.fixture(scope="module")
def ours() -> set[Property]:
    """List the properties of the stacks in each of their shapes, all doors closed and all doors open."""
    files = SNAPSHOTS.rglob("*.json")
    return {one for file in files for one in properties(json.loads(file.read_text(encoding="utf-8")))}


def test_every_property_of_ours_has_its_line(ours: set[Property]) -> None:
    known = table()
    assert len(ours) > 100
    assert [one for one in sorted(ours) if not known.name_of(one)] == []


def test_every_line_is_about_a_property_of_ours(ours: set[Property]) -> None:
    known = table()
    assert not known.proved.keys() & known.unproved.keys()
    assert known.proved.keys() | known.unproved.keys() == {known.name_of(one) for one in ours}


@pytest.mark.parametrize("test", sorted(set(table().proved.values())))
def test_a_test_that_is_named_is_there(root: Path, test: str) -> None:
    file, name = test.split("::")
    assert f"\ndef {name}(" in (root / file).read_text(encoding="utf-8")


def test_the_readme_says_what_the_table_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_section(page) == page, "`make docs` writes it anew"


KNOWN = Table(
    {
        "proved": {"a_test": ["X::Y Code", "X::Z"]},
        "unproved": [{"sentence": "that", "properties": ["X::Y Code.Size", "* Tags"]}, {"sentence": "all else"}],
    }
)


@pytest.mark.parametrize(
    ("of", "read", "verdict", "words"),
    [
        (Property("X::Y", "Code.Key"), "Code.Key", "proved", "a_test"),
        (Property("X::Y", "Code"), "Code.Key", "proved", "a_test"),
        (Property("X::Y", "Code.Size"), "Code.Size", "stored, not enforced", "that"),
        (Property("X::Y", "Code.Size"), "Code.Key", "ignored", "that"),
        (Property("X::Y", "Code.Key"), "Code.KeyName", "ignored", ""),
        (Property("X::Y", "Name"), "Name", "read, not proved", ""),
        (Property("X::Z", "Name"), "Name", "proved", "a_test"),
        (Property("X::Z", "Tags"), "Tags.Key", "stored, not enforced", "that"),
    ],
)
def test_what_is_known_of_a_property(of: Property, read: str, verdict: str, words: str) -> None:
    assert KNOWN.line(of, {Property(of.kind, read)}) == Line(of, verdict, words)  # type: ignore[arg-type]
    assert KNOWN.line(of, {Property("X::Other", read)}).verdict == "ignored"


def test_the_counts() -> None:
    lines = [KNOWN.line(Property("X::Y", path), {Property("X::Y", "Code")}) for path in ("Code", "Tags", "Name")]
    assert summary(lines) == "2 of 3 properties are ignored, 0 stored but not enforced"
    lines.append(KNOWN.line(Property("X::Y", "Name"), {Property("X::Y", "Name")}))
    assert summary(lines).endswith("0 stored but not enforced, 1 read and not proved")


def test_it_is_told_by_resource_type(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    read = {Property("X::Y", "Code")}
    lines = [
        KNOWN.line(Property(kind, path), read) for kind, path in (("X::Y", "Code"), ("X::Y", "Name"), ("X::Z", "Tags"))
    ]
    monkeypatch.setattr(command, "find_ledger", lambda _: lines)
    command.fidelity(Mock())
    assert capsys.readouterr().out == (
        "X::Y\n  Code  proved   a_test\n  Name  ignored\nX::Z\n  Tags  ignored  that\n\n"
        "2 of 3 properties are ignored, 0 stored but not enforced\n"
    )


def test_where_nothing_is_deployed_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_ledger", lambda _: [])
    with pytest.raises(OpsError, match="nothing is deployed"):
        command.fidelity(Mock())


YAML = """
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !ImportValue vpc
      SecurityGroupIngress: [{CidrIp: !Sub "${Ip}/32", FromPort: 1}, {CidrIp: 192.0.2.0/24}]
      Tags: [{Key: a, Value: !Ref Word}]
"""


def test_the_properties_of_a_template_in_yaml() -> None:
    paths = {"VpcId", "SecurityGroupIngress.CidrIp", "SecurityGroupIngress.FromPort", "Tags"}
    assert set(properties(YAML)) == {Property("AWS::EC2::SecurityGroup", path) for path in paths}
