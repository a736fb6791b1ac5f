"""The public images of Amazon Linux 2023 and Ubuntu 24.04, and the public parameters that name the newest."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date

from local_aws.ministack import calls, public

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
    def created(self) -> str:
        """When it was published: the day that is in its name."""
        (day,) = re.findall(r"\d{8}", self.name)
        return f"{date.fromisoformat(day)}T00:00:00.000Z"

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


def dated(answer: calls.Answer) -> calls.Answer:
    """Say in an answer of DescribeImages when each was published, which MiniStack leaves out."""
    status, headers, body = answer

    def with_date(found: re.Match[str]) -> str:
        image = find(found[1])
        return f"{found[0]}<creationDate>{image.created}</creationDate>" if image else found[0]

    return status, headers, re.sub(r"<imageId>([^<]+)</imageId>", with_date, body.decode()).encode()


def install() -> None:
    """Add them to EC2 and to Parameter Store."""
    for image in images():
        alias = "amazon" if image.owner == AMAZON else None
        stored = (image.image_id, image.name, image.description, "", image.root_device, image.owner, alias)
        public.add_public_image(stored, image.architecture, image.parameters)  # type: ignore[arg-type]
