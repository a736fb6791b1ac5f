"""What a change replaces is what AWS's own resource schemas say."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from local_aws.extensions import elastic_ip, instance, key_pair


def create_only(resource_type: str) -> set[str]:
    """Read a schema as the file that cfn-lint carries: importing cfn-lint takes seconds."""
    found = find_spec("cfnlint")
    assert found
    assert found.origin
    schemas = Path(found.origin).parent / "data" / "schemas"
    digest = json.loads((schemas / "providers" / "us-east-1.json").read_text())[resource_type]
    schema = json.loads((schemas / "resources" / f"{digest}.json").read_text())
    return {path.removeprefix("/properties/") for path in schema["createOnlyProperties"]}


@pytest.mark.parametrize(
    ("resource_type", "replaced_by", "on_condition"),
    [
        (key_pair.RESOURCE_TYPE, key_pair.REPLACED_BY, set()),
        (elastic_ip.ADDRESS, elastic_ip.ADDRESS_REPLACED_BY, set()),
        (elastic_ip.ASSOCIATION, elastic_ip.ASSOCIATION_REPLACED_BY, set()),
        (instance.RESOURCE_TYPE, instance.REPLACED_BY, {"BlockDeviceMappings"}),
    ],
)
def test_a_change_replaces_what_it_replaces_on_aws(
    resource_type: str, replaced_by: tuple[str, ...], on_condition: set[str]
) -> None:
    assert set(replaced_by) == create_only(resource_type) | on_condition
