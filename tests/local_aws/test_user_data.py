"""The contract of the machine: what its user data says."""

import base64
import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.machines import user_data

MACHINE = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "STACK_NAME": "Streamlit",
    "RESOURCE_ID": "Instance",
    "LOG_GROUP": "Logs",
    "BOOT_FILES": "s3://bucket/boot.zip",
    "SERVICE_FILES": "s3://bucket/service.zip",
    "APP_FILES": "s3://bucket/app.zip",
    "ENTRY_FILE": "app.py",
    "PORT": "8501",
}
one_line = st.text(st.characters(blacklist_categories=["Cs"], min_codepoint=32))


def script(machine: dict[str, str], app: dict[str, str]) -> str:
    lines = ["#!/bin/bash", "set -euo pipefail"]
    for name, settings in (("machine", machine), ("app", app)):
        lines += [f"cat >\"$SETTINGS/{name}.env\" <<'END_OF_FILE'"]
        lines += [f"{key}={shlex.quote(value)}" for key, value in settings.items()]
        lines += ["END_OF_FILE"]
    return base64.b64encode("\n".join([*lines, "cat >/tmp/else <<'EOF'", "A=b", "EOF", ""]).encode()).decode()


def test_reads_both_files() -> None:
    settings = user_data.read(script(MACHINE, {"CALCULATE_MEAN_URL": "https://x/y?z=1"}))
    assert settings is not None
    assert settings.machine == MACHINE
    assert settings.environment == {"CALCULATE_MEAN_URL": "https://x/y?z=1"}
    assert settings.port == 8501


@given(one_line)
def test_any_line_of_text_survives_the_quoting(value: str) -> None:
    settings = user_data.read(script(MACHINE, {"TEXT": value}))
    assert settings is not None
    assert settings.environment["TEXT"] == value


@pytest.mark.parametrize("foreign", ["", "not base64!", base64.b64encode(b"#!/bin/bash\nyum update\n").decode()])
def test_leaves_other_user_data_alone(foreign: str) -> None:
    assert user_data.read(foreign) is None


@pytest.mark.parametrize("name", user_data.NEEDED)
def test_names_a_missing_setting(name: str) -> None:
    with pytest.raises(user_data.UserDataError, match=f"lacks {name}"):
        user_data.read(script({key: value for key, value in MACHINE.items() if key != name}, {}))


def test_names_a_port_that_is_no_number() -> None:
    with pytest.raises(user_data.UserDataError, match="PORT in the user data is 'http'"):
        user_data.read(script(MACHINE | {"PORT": "http"}, {}))


@pytest.mark.parametrize("line", ["PORT", "PORT='8501", "PORT=8501 A=b", "1X=a", ""])
def test_quotes_a_line_of_another_form(line: str) -> None:
    broken = base64.b64encode(f"cat >\"$SETTINGS/machine.env\" <<'END'\n{line}\nEND\n".encode()).decode()
    with pytest.raises(user_data.UserDataError, match=re.escape(f"the user data holds the line {line!r}")):
        user_data.read(broken)
