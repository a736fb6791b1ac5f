"""The public images have steady ids and the names of Parameter Store."""

import re

from local_aws.extensions import public_images


def test_every_name_leads_to_one_image() -> None:
    names = [name for image in public_images.images() for name in image.parameters]
    assert len(names) == len(set(names)) == 8
    for kernel in ("default", "6.1", "6.12"):
        for architecture in ("arm64", "x86_64"):
            assert f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-{kernel}-{architecture}" in names
    assert "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id" in names


def test_ids_look_like_ids_and_find_their_image() -> None:
    for image in public_images.images():
        assert re.fullmatch(r"ami-[0-9a-f]{17}", image.image_id)
        assert public_images.find(image.image_id) == image
    assert public_images.find("ami-0abcdef1234567890") is None


def test_amd64_is_what_ec2_calls_x86_64() -> None:
    assert {image.architecture for image in public_images.images()} == {"arm64", "x86_64"}


def test_an_answer_says_when_each_was_published() -> None:
    arm = public_images.images()[0]
    known, other = (f"<item><imageId>{image}</imageId></item>" for image in (arm.image_id, "ami-0abcdef1234567890"))
    dated = public_images.dated((200, {}, (known + other).encode()))[2].decode()
    assert f"{arm.image_id}</imageId><creationDate>2025-11-10T00:00:00.000Z</creationDate>" in dated
    assert dated.endswith(other)
    assert {image.created[:4] for image in public_images.images()} == {"2025"}
