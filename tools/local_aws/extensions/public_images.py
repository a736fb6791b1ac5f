"""The public images of Amazon Linux 2023 and Ubuntu 24.04, and the public parameters that name the newest."""

import hashlib
from dataclasses import dataclass

from local_aws.ministack import public

AMAZON = "137112412989"
CANONICAL = "099720109477"


@dataclass(frozen=True)
class PublicImage:
    """An image that everybody can start, known by its name in Parameter Store."""

    name: str
    description: str
    architecture: str
    owner: str
    parameters: tuple[str, ...]

    @property
    def image_id(self) -> str:
        """The id: made of the name, so that it is the same on every laptop."""
        return f"ami-{hashlib.sha256(self.name.encode()).hexdigest()[:17]}"

    @property
    def root_device(self) -> str:
        """Where the root volume hangs."""
        return "/dev/xvda" if self.owner == AMAZON else "/dev/sda1"


def images() -> list[PublicImage]:
    """List them. The kernels share an image here, as nothing of it is booted."""
    return [
        PublicImage(
            name=f"al2023-ami-2023.9.20251110.1-kernel-6.12-{architecture}",
            description="Amazon Linux 2023 AMI",
            architecture=architecture,
            owner=AMAZON,
            parameters=tuple(
                f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-{kernel}-{architecture}"
                for kernel in ("default", "6.1", "6.12")
            ),
        )
        for architecture in ("arm64", "x86_64")
    ] + [
        PublicImage(
            name=f"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-{architecture}-server-20251022",
            description="Canonical, Ubuntu, 24.04, noble",
            architecture={"amd64": "x86_64"}.get(architecture, architecture),
            owner=CANONICAL,
            parameters=(
                f"/aws/service/canonical/ubuntu/server/24.04/stable/current/{architecture}/hvm/ebs-gp3/ami-id",
            ),
        )
        for architecture in ("arm64", "amd64")
    ]


def find(image_id: str) -> PublicImage | None:
    """Find one by its id."""
    return next((image for image in images() if image.image_id == image_id), None)


def install() -> None:
    """Add them to EC2 and to Parameter Store."""
    for image in images():
        alias = "amazon" if image.owner == AMAZON else None
        stored = (image.image_id, image.name, image.description, "", image.root_device, image.owner, alias)
        public.add_public_image(stored, image.architecture, image.parameters)  # type: ignore[arg-type]
