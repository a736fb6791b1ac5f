"""What EC2 has for everybody: public addresses and public images."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from ministack.services import ec2, ssm


def hand_out_addresses(of_elastic_ip: Callable[[], str]) -> None:
    """Decide which public addresses EC2 hands out: ours for Elastic IPs, and none for an instance itself."""
    random_address = cast(Callable[[str], str], ec2._random_ip)
    ours: dict[str, Callable[[], str]] = {"52.": of_elastic_ip, "54.": str}

    def address(prefix: str) -> str:
        return ours[prefix]() if prefix in ours else random_address(prefix)

    ec2._random_ip = address


def add_public_image(image: tuple[str, ...], architecture: str, parameters: Iterable[str]) -> None:
    """Add a public image with the public parameters that name it."""
    ec2._STUB_AMIS[:] = [known for known in ec2._STUB_AMIS if known[0] != image[0]] + [image]
    for name in parameters:
        ssm._PUBLIC_AMI_PARAMETERS[name] = image[0]
    view = ec2._stub_image_view

    def with_architecture(image_id: str, *rest: Any) -> dict[str, Any]:
        seen: dict[str, Any] = view(image_id, *rest)
        return seen | {"Architecture": architecture} if image_id == image[0] else seen

    ec2._stub_image_view = with_architecture
