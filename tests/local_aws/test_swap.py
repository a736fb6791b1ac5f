"""Which files go into what runs."""

from pathlib import Path

from local_aws.swap import files


def test_what_is_not_deployed_is_not_swapped_in_either(tmp_path: Path) -> None:
    wanted = ["app.py", ".streamlit/config.toml", "pages/one.py", "data.csv"]
    unwanted = [
        "__pycache__/app.cpython-311.pyc",
        ".streamlit/secrets.toml",
        ".env",
        ".env.local",
        ".aws/credentials",
        ".netrc",
        "secrets.toml",
        "me.pem",
        "server.key",
        "pages/ID_ED25519",
        "test_app.py",
        "app.py~",
        ".DS_Store",
        ".git/config",
    ]
    for name in wanted + unwanted:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(map(str, files(tmp_path))) == sorted(wanted)
