"""The fixtures of machines that really boot. Whatever happens, nothing of them outlives the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot import image as images
from tests.boot.ability import missing
from tests.boot.cloud import Cloud, running_cloud
from tests.boot.hypervisor import Hypervisor, running_hypervisor
from tests.boot.stand_in_layers import own_key_trusted


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[images.Image]:
    if reason := missing():
        pytest.skip(reason)
    image = images.build(tmp_path_factory.mktemp("stand-ins"))
    with own_key_trusted(image.stand_ins):
        yield image


@pytest.fixture(scope="session")
def cloud(image: images.Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    assert image.ubuntu.is_dir()
    with running_cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def hypervisor_of_all(
    cloud: Cloud, image: images.Image, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hypervisor]:
    with running_hypervisor(cloud, image, tmp_path_factory.mktemp("machines")) as hypervisor:
        yield hypervisor


@pytest.fixture(scope="module")
def hypervisor(hypervisor_of_all: Hypervisor) -> Iterator[Hypervisor]:
    """Pull the plugs after each file: a machine's disk is in this computer's memory."""
    yield hypervisor_of_all
    hypervisor_of_all.end()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("apps")
