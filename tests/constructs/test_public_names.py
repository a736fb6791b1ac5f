"""What ``from data_compute import …`` offers, and that it loads only what is used."""

import subprocess
import sys

import pytest

import data_compute

NAMES = [
    "AMAZON_LINUX_2023",
    "UBUNTU_24_04",
    "HttpTrigger",
    "HttpsFront",
    "IdleStop",
    "OfficeHours",
    "OperatingSystem",
    "PythonFunction",
    "SignIn",
    "StreamlitFleet",
    "StreamlitServer",
    "acknowledge",
]


def test_the_public_names_are_these() -> None:
    assert data_compute.__all__ == NAMES
    assert dir(data_compute) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there(name: str) -> None:
    assert getattr(data_compute, name) is getattr(data_compute, name)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'data_compute' has no attribute 'HttpFunction'"):
        data_compute.HttpFunction  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.system
@pytest.mark.parametrize(
    ("used", "rooms"), [("StreamlitServer", {"machine", "page"}), ("PythonFunction", {"function"})]
)
def test_using_one_construct_loads_no_room_that_it_does_not_need(used: str, rooms: set[str]) -> None:
    script = f"import sys; from data_compute import {used}; print(*(name for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    ours = {name.split(".")[1] for name in loaded if name.startswith("data_compute.") and name.count(".") > 1}

    assert ours == rooms
    # API Gateway's part of the CDK takes a third of a second.
    assert "aws_cdk.aws_apigatewayv2" not in loaded
