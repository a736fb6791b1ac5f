"""A key in a folder of sources stops the synthesis; code that only speaks of keys does not."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import IgnoreStrategy, Stack

from data_compute import PythonFunction, StreamlitServer
from data_compute.source_files import KEYS, NEVER_DEPLOYED, check_no_keys
from local_aws import swap

# None of these is anybody's: a scanner of this repository shall not find what it looks for.
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"
BEGIN = "-----BEGIN {}PRIVATE KEY-----"
ACCESS_KEY_ID = "AK" + "IA" + "Q3EGX7LFPZ2WNB5T"
SECRET = "h9/Zk2QbX7" * 4

BY_NAME = (
    "me.pem",
    "ME.PEM",
    "pages/me.pem",
    "server.key",
    "id_ed25519",
    "id_rsa",
    "id_ecdsa_sk",
    "login.ppk",
    "store.p12",
    "store.pfx",
    "store.jks",
)
BY_CONTENT = {
    "openssh": BEGIN.format("OPENSSH ") + "\nb3BlbnNzaC1rZXktdjEAAAAA\n",
    "pkcs8": BEGIN.format("") + f"\n{BODY}\n",
    "encrypted": BEGIN.format("RSA ") + f"\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{BODY}\n",
    "pgp": BEGIN.replace("KEY", "KEY BLOCK").format("PGP ") + f"\n\n{BODY}\n",
    "putty": "PuTTY-User-Key-File-3: ssh-ed25519\n",
    "behind_a_certificate": f"-----BEGIN CERTIFICATE-----\n{BODY * 40}\n-----END CERTIFICATE-----\n"
    + BEGIN.format("EC ")
    + f"\n{BODY}\n",
    "service_account": json.dumps({"type": "service_account", "private_key": BEGIN.format("") + f"\n{BODY}\n"}),
    "in_code": 'KEY = (\n    "' + BEGIN.format("RSA ") + f'\\n"\n    "{BODY}\\n"\n)\n',
    "credentials": f"[default]\naws_access_key_id = {ACCESS_KEY_ID}\naws_secret_access_key = {SECRET}\n",
    "secret_alone": f"export AWS_SECRET_ACCESS_KEY='{SECRET}'\n",
    "accessKeys.csv": f"Access key ID,Secret access key\n{ACCESS_KEY_ID},{SECRET}\n",
    "client.py": f'boto3.client("s3", aws_access_key_id="{ACCESS_KEY_ID}", aws_secret_access_key="{SECRET}")\n',
    "created.json": json.dumps({"AccessKey": {"SecretAccessKey": SECRET}}),
}
NO_KEY = {
    "README.md": "A key begins with `-----BEGIN PRIVATE KEY-----`; ours begins with -----BEGIN PUBLIC KEY-----.\n",
    "ssh.py": '_SK_START = b"-----BEGIN OPENSSH PRIVATE KEY-----"\n_SK_END = b"-----END OPENSSH PRIVATE KEY-----"\n',
    "public.asc": f"-----BEGIN PUBLIC KEY-----\n{BODY}\n-----END PUBLIC KEY-----\n",
    "ca.crt": f"-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----\n",
    "lib/certifi/cacert.pem": f"-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----\n",
    "tutorial.md": "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    "settings.py": 'key = os.environ["AWS_SECRET_ACCESS_KEY"]\nsecret = aws_secret_access_key = None\n',
    "hashes.txt": "da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
}


@pytest.fixture(params=["function", "app"])
def define(request: pytest.FixtureRequest, new_stack: Callable[[], Stack]) -> Callable[[Path], None]:
    def define_it(folder: Path) -> None:
        if request.param == "function":
            PythonFunction(new_stack(), "Mean", source=folder, handler="handler.lambda_handler")
        else:
            StreamlitServer(new_stack(), "Server", app=folder, entry_file="app.py")

    return define_it


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    write(folder / "handler.py", "def lambda_handler(event, context): ...")
    for name in ("app.py", "requirements.txt"):
        write(folder / name, "")
    return folder


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_a_key_is_an_error_that_names_it_and_the_way_out(define: Callable[[Path], None], sources: Path) -> None:
    key = write(sources / "pages" / "login", BY_CONTENT["openssh"])

    with pytest.raises(ValueError, match=re.escape(f"{str(key)!r} holds a private key")) as told:
        define(sources)
    assert "move it out of that folder" in str(told.value)
    assert "Secrets Manager or Parameter Store" in str(told.value)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_name_of_a_key(sources: Path, name: str) -> None:
    key = write(sources / name, "x")

    with pytest.raises(ValueError, match=re.escape(f"{str(key)!r} has the name of a key")):
        check_no_keys(sources)
    # Nor would it travel if nobody looked.
    assert IgnoreStrategy.git(str(sources), list(NEVER_DEPLOYED)).ignores(str(key))
    assert not swap.belongs(key, sources)


@pytest.mark.parametrize("name", BY_CONTENT)
def test_the_content_of_a_key(sources: Path, name: str) -> None:
    key = write(sources / name, BY_CONTENT[name])

    with pytest.raises(ValueError, match=re.escape(f"{str(key)!r} holds a")) as told:
        check_no_keys(sources)
    assert BODY not in str(told.value)
    assert SECRET not in str(told.value)


def test_what_only_speaks_of_keys_is_deployed(sources: Path) -> None:
    for name, content in NO_KEY.items():
        assert swap.belongs(write(sources / name, content), sources)

    check_no_keys(sources)


def test_what_is_left_behind_may_hold_keys(sources: Path) -> None:
    for name in (".env", ".aws/credentials", ".ssh/id_ed25519", "tests/server.key", ".venv/lib/tornado/test.key"):
        write(sources / name, BY_CONTENT["credentials"] + BY_CONTENT["pkcs8"])

    check_no_keys(sources)


def test_a_link_does_not_carry_a_key(sources: Path) -> None:
    home = write(sources.with_name("home") / ".ssh" / "id_ed25519", BY_CONTENT["openssh"])
    link = sources / "notes.txt"
    link.symlink_to(home)

    with pytest.raises(ValueError, match=re.escape(f"{str(link)!r} holds a private key")):
        check_no_keys(sources)


def test_a_linked_folder_does_not_carry_a_key(sources: Path) -> None:
    home = write(sources.with_name("home") / "keys" / "github", BY_CONTENT["openssh"])
    (sources / "data").symlink_to(home.parent)

    with pytest.raises(ValueError, match=re.escape(f"{str(sources / 'data' / 'github')!r} holds a private key")):
        check_no_keys(sources)


def test_links_in_a_circle_end(sources: Path) -> None:
    outside = sources.with_name("outside")
    write(outside / "table.csv", "1\n")
    (outside / "again").symlink_to(outside)
    (sources / "data").symlink_to(outside)
    (sources / "pages").symlink_to(sources)
    (sources / ".#app.py").symlink_to("me@laptop.4711")

    check_no_keys(sources)


def test_names_of_keys_are_plain_names() -> None:
    """A slash, or a capital letter, would mean something to the CDK that it does not mean to the check."""
    assert [name for name in KEYS if "/" in name or name != name.lower()] == []
