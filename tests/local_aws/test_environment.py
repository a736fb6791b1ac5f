"""Nothing of the person's AWS reaches what we start."""

import os
import shlex
import stat
from pathlib import Path

import pytest
from botocore.session import Session

from local_aws import environment
from local_aws.state import State, write_json

THEIRS = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "token",
    "AWS_CONFIG_FILE": "/theirs/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/theirs/credentials",
    "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/theirs/token",
    "AWS_CA_BUNDLE": "/theirs/ca.pem",
    "HTTPS_PROXY": "http://proxy.example.org:3128",
    "http_proxy": "http://proxy.example.org:3128",
    "CDK_DEFAULT_ACCOUNT": "123456789012",
    "PYTHONPATH": "/theirs/python",
    "STREAMLIT_SERVER_PORT": "1",
    "GITHUB_TOKEN": "secret",
    "HOME": "/home/them",
    "PATH": "/usr/bin",
    "LANG": "en_GB.UTF-8",
    "UV_INDEX_URL": "https://user:password@mirror.example.org/simple",
    "UV_INDEX_MIRROR_PASSWORD": "password",
    "UV_PUBLISH_TOKEN": "secret",
    "PIP_INDEX_URL": "https://user:password@mirror.example.org/simple",
}


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


def test_nothing_of_the_persons_aws_gets_in(state: State) -> None:
    isolated = environment.isolated(state, THEIRS)
    kept = {name for name in THEIRS if isolated.get(name) == THEIRS[name]}
    assert kept == {"LANG"}
    assert "AWS_PROFILE" not in isolated
    assert isolated["HOME"] == str(state.home)
    assert isolated["AWS_ACCESS_KEY_ID"] == environment.PERSON


def test_settings_of_packages_are_set_aside_for_uv(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another one, as what is put into the real one would stay there.
    monkeypatch.setattr(os, "environ", dict(THEIRS))
    monkeypatch.setattr(environment, "package_settings", {})
    monkeypatch.setattr(os, "umask", lambda _: None)
    environment.isolate(state)
    assert not [name for name in os.environ if name.startswith(("UV_", "PIP_"))]
    assert environment.package_settings == {name: THEIRS[name] for name in ("UV_INDEX_URL", "UV_INDEX_MIRROR_PASSWORD")}


def test_what_is_written_is_the_persons_alone(state: State, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    before = os.umask(0o777)
    try:
        environment.isolate(state)
        (tmp_path / "written").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "written").stat().st_mode) == 0o600


def test_sdks_are_pointed_at_nobody_until_an_embedded_aws_runs(state: State) -> None:
    assert environment.isolated(state, THEIRS)["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"


def test_the_checkouts_programs_come_first(state: State) -> None:
    folders = environment.isolated(state, THEIRS)["PATH"].split(os.pathsep)
    assert folders[0].endswith("/bin")
    assert folders[1].endswith("node_modules/.bin")
    assert folders[-1] == "/usr/bin"


def test_an_sdk_finds_our_key_and_no_profile(state: State, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    theirs = tmp_path / "credentials"
    theirs.write_text("[production]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")
    given = THEIRS | {"AWS_SHARED_CREDENTIALS_FILE": str(theirs)}
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in environment.isolated(state, given).items():
        monkeypatch.setenv(name, value)
    session = Session()
    assert session.profile is None
    assert session.available_profiles == []
    assert session.get_credentials().access_key == environment.PERSON


def test_values_survive_a_shell(state: State) -> None:
    for name, value in environment.aws(state, "http://127.0.0.1:4566").items():
        assert shlex.split(f"{name}={shlex.quote(value)}") == [f"{name}={value}"]


def test_in_a_lab_they_have_the_students_key(state: State) -> None:
    state.create()
    key = {"AWS_ACCESS_KEY_ID": "ASIA1", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "y"}
    write_json(state.student, key)
    told = environment.aws(state)
    assert {name: told[name] for name in key} == key
    state.discard(state.student)
    assert "AWS_SESSION_TOKEN" not in environment.aws(state)
