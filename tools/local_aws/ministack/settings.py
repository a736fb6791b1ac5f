"""What MiniStack is told of where it lives. It reads most of it while it is imported, so this module imports none."""

from pathlib import Path


def settings(port: int, *, kept: Path, objects: Path, nowhere: Path, root: str) -> dict[str, str]:
    """Tell it its places and port, and to leave other ports and Docker alone.

    :param kept: where it saves its services at its end.
    :param objects: where S3 has its objects.
    :param nowhere: a path that nobody ever makes.
    :param root: the key of the account's root, whom no policy restricts.
    """
    return {
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": root,
        "AWS_SECRET_ACCESS_KEY": root,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(kept),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(objects),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{nowhere}",
        "LAMBDA_EXECUTOR": "local",
    }


def has_saved(kept: Path) -> bool:
    """Tell whether it has saved its services; the folder alone says little, as some write there at any time."""
    return (kept / "cloudformation.json").exists()


def save_nothing() -> None:
    """Have nothing saved at the end."""
    from ministack.core import persistence

    persistence.PERSIST_STATE = False
