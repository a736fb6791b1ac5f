"""The script that a fresh machine runs: short, and its settings quoted."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import CfnParameter, Fn, Stack
from aws_cdk import aws_logs as logs

from data_compute import UBUNTU_24_04, StreamlitServer
from tests.constructs.servers import DefineServer
from tests.templates import resources, synthesized, user_data


@pytest.fixture(scope="module")
def script(default_server: StreamlitServer) -> str:
    return user_data(synthesized(Stack.of(default_server)))


def script_of(server: StreamlitServer) -> str:
    return user_data(synthesized(Stack.of(server)))


def written(script: str, file: str) -> list[str]:
    """Give the lines that the script writes into one of its two files."""
    _, _, rest = script.partition(f"cat >\"$SETTINGS/{file}\" <<'END_OF_FILE'\n")
    lines, found, _ = rest.partition("\nEND_OF_FILE\n")
    assert found
    return lines.splitlines()


def test_is_a_short_bash_script(script: str) -> None:
    assert script.startswith("#!/bin/bash\n")
    assert len(script.encode()) < 4096


@pytest.mark.parametrize("operating_system", [None, UBUNTU_24_04], ids=["amazon_linux_2023", "ubuntu_24_04"])
def test_is_clean_shell(define: DefineServer, operating_system: Any, tmp_path: Path) -> None:
    choice = {"operating_system": operating_system} if operating_system else {}
    file = tmp_path / "user_data.sh"
    file.write_text(script_of(define(**choice)))

    subprocess.run(["bash", "-n", file], check=True)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    checked = subprocess.run([shellcheck, "--shell=bash", file], capture_output=True, text=True)
    assert checked.stdout == ""


def test_settings_of_the_machine(default_server: StreamlitServer, script: str) -> None:
    (instance,) = resources(synthesized(Stack.of(default_server)), "AWS::EC2::Instance")
    log_group = Stack.of(default_server).resolve(default_server.log_group.log_group_name)["Ref"]
    region, stack, resource, log, system, *packages, boot_files, service_files, app_files, entry, port, role, parts = (
        written(script, "machine.env")
    )

    assert region == "AWS_DEFAULT_REGION='${AWS::Region}'"
    assert stack == "STACK_NAME='${AWS::StackName}'"
    assert resource == f"RESOURCE_ID='{instance}'"
    assert system == "SYSTEM=amazon_linux_2023.sh"
    assert log == f"LOG_GROUP='${{{log_group}}}'"
    asset = r"s3://cdk-hnb659fds-assets-\$\{AWS::AccountId\}-\$\{AWS::Region\}/[0-9a-f]{64}\.zip'"
    assert re.fullmatch("BOOT_FILES='" + asset, boot_files)
    assert re.fullmatch("SERVICE_FILES='" + asset, service_files)
    assert re.fullmatch("APP_FILES='" + asset, app_files)
    assert packages == ["APP_REQUIREMENTS=requirements.txt", "APP_LOCKED=no"]
    assert [entry, port, role, parts] == ["ENTRY_FILE=app.py", "PORT=8501", "APP_USES_ROLE=no", "PARTS=''"]


def test_root_alone_reads_the_settings(script: str) -> None:
    for file in ("machine.env", "app.env"):
        made, written_ = (
            script.index(f'install -m 600 /dev/null "$SETTINGS/{file}"\n'),
            script.index(f'cat >"$SETTINGS/{file}" '),
        )
        assert made < written_


def test_app_gets_the_callers_environment(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    url = CfnParameter(stack, "Url").value_as_string
    environment = {"API_URL": url, "PATH_OF_IT": f"{url}/mean", "_x1": "1"}

    assert written(script_of(define(stack, environment=environment)), "app.env") == [
        "AWS_DEFAULT_REGION='${AWS::Region}'",
        "API_URL='${Url}'",
        "PATH_OF_IT='${Url}/mean'",
        "_x1=1",
    ]


# Each printable letter of ASCII in turn, and what bash or systemd might take for more than letters.
HARMLESS_LOOKING = [
    "".join(map(chr, range(32, 127))),
    "$(touch pwned) `touch pwned` ${HOME} $HOME",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "it's",
    "'",
    "\\'",
    "C:\\data\\",
    "two  words ",
    "END_OF_FILE",
    "~ * ? # % !",
    "größer ≠ kleiner \u2028 \u0085",
    "",
]


def sourced(script: str, file: str, folder: Path) -> dict[str, str]:
    """Let bash write the file as the machine does, and source it as the boot does."""
    _, _, rest = script.partition(f'cat >"$SETTINGS/{file}" ')
    lines, _, _ = rest.partition("\nEND_OF_FILE\n")
    tell = f"cat >{file} {lines}\nEND_OF_FILE\nset -a\n. ./{file}\nexec env -0\n"
    told = subprocess.run(["bash", "-euc", tell], check=True, cwd=folder, env={}, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in told.stdout.removesuffix("\0").split("\0"))


@pytest.mark.parametrize("value", HARMLESS_LOOKING)
def test_a_value_is_text_to_the_shell(define: DefineServer, value: str, tmp_path: Path) -> None:
    found = sourced(script_of(define(environment={"VALUE": value})), "app.env", tmp_path)

    assert found["VALUE"] == value
    assert [path.name for path in tmp_path.iterdir()] == ["app.env"]


def test_a_callers_name_runs_nothing_as_root(
    define: DefineServer, new_stack: Callable[[], Stack], tmp_path: Path
) -> None:
    stack = new_stack()
    name = "$(touch pwned)`touch pwned`"
    log_group = logs.LogGroup.from_log_group_name(stack, "Logs", name)

    found = sourced(script_of(define(stack, log_group=log_group)), "machine.env", tmp_path)

    assert found["LOG_GROUP"] == name
    assert [path.name for path in tmp_path.iterdir()] == ["machine.env"]


@pytest.mark.parametrize("value", ["two\nlines", "cr\rlf", "null\0", "bell\a"])
def test_a_value_of_several_lines_is_refused(define: DefineServer, value: str) -> None:
    with pytest.raises(ValueError, match="environment GREETING holds a line break or a control character: ") as refused:
        define(environment={"GREETING": value})

    assert repr(value) in str(refused.value)
    assert "a value is one line of text" in str(refused.value)


@pytest.mark.parametrize("name", ["", "1X", "A B", "A-B", "A=B", "É", "Aé"])
def test_a_name_that_is_no_variable_is_refused(define: DefineServer, name: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"environment has the name {name!r}: use letters, digits")):
        define(environment={name: "1"})


@pytest.mark.parametrize("name", ["PORT", "ENTRY_FILE", "STACK_NAME", "RESOURCE_ID", "APP_FILES", "LOG_GROUP"])
def test_a_name_of_the_machines_own_settings_is_refused(define: DefineServer, name: str) -> None:
    with pytest.raises(ValueError, match=f"environment has the name '{name}', which is the machine's own setting"):
        define(environment={"GREETING": "hello", name: "1"})


def test_the_app_may_work_in_another_region(define: DefineServer) -> None:
    script = script_of(define(environment={"AWS_DEFAULT_REGION": "eu-north-1"}))

    assert written(script, "app.env") == ["AWS_DEFAULT_REGION=eu-north-1"]
    assert written(script, "machine.env")[0] == "AWS_DEFAULT_REGION='${AWS::Region}'"


def test_more_than_ec2_takes_is_refused(define: DefineServer) -> None:
    with pytest.raises(
        ValueError, match=r"the user data takes 2\d,\d\d\d bytes and EC2 allows 16,384: shorten environ"
    ):
        define(environment={"LONG": "x" * 20_000})


def test_bytes_are_counted_and_not_letters(define: DefineServer) -> None:
    define(environment={"LONG": "x" * 10_000})
    with pytest.raises(ValueError, match="the user data takes"):
        define(environment={"LONG": "é" * 10_000})


def test_values_known_only_at_the_deploy_count_too(define: DefineServer, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    unknown = {f"VALUE_{number}": Fn.import_value(f"value-{number}") for number in range(60)}

    with pytest.raises(ValueError, match="the user data takes"):
        define(stack, environment=unknown)
