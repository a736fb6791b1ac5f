"""What MiniStack is told of where it lives. It reads most of it while it is imported, so this module imports none."""

from local_aws.state import State


def settings(state: State, port: int) -> dict[str, str]:
    """Tell it its place and port, and to leave other ports and Docker alone."""
    return {
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state.kept),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state.objects),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{state.folder}/no-docker",
        "LAMBDA_EXECUTOR": "local",
    }


def save_nothing() -> None:
    """Have nothing saved at the end."""
    from ministack.core import persistence

    persistence.PERSIST_STATE = False
