"""What a construct can add to a machine's boot after the machine is defined."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_iam as iam

from data_compute.machine.boot_part import BootPart
from tests.constructs.servers import DefineServer
from tests.templates import rendered, statements, synthesized, user_data


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("part")
    (folder / "part.sh").write_text('echo "mounted at $MOUNTED_AT"\n')
    return folder


def test_a_part_comes_with_its_files_settings_and_rights(
    define: DefineServer, new_stack: Callable[[], Stack], files: Path
) -> None:
    stack = new_stack()
    server = define(stack)
    # What only the deploy knows is as good as any setting.
    place = CfnParameter(stack, "Place").value_as_string
    mount = iam.PolicyStatement(sid="Mount", actions=["elasticfilesystem:ClientMount"], resources=["arn:some:thing"])
    server.template.add_boot_part(BootPart(name="mounts", files=files, settings={"MOUNTED_AT": place}, rights=[mount]))
    template = synthesized(stack)
    script = user_data(template)

    assert "MOUNTED_AT='${Place}'" in script.splitlines()
    parts = re.search(r"^PARTS='mounts=s3://\S+/([0-9a-f]{64}\.zip)'$", script, re.M)
    assert parts
    mounts, fetches = statements(template)[-1], statements(template)[-2]
    assert (mounts["Sid"], mounts["Action"]) == ("Mount", "elasticfilesystem:ClientMount")
    assert rendered(fetches["Resource"]).endswith(parts[1])


def test_parts_run_in_the_order_in_which_they_were_added(define: DefineServer, files: Path) -> None:
    server = define()
    for name in ("second", "first"):
        server.template.add_boot_part(BootPart(name=name, files=files))

    (line,) = [line for line in user_data(synthesized(Stack.of(server))).splitlines() if line.startswith("PARTS=")]
    assert re.findall(r"(\w+)=s3", line) == ["second", "first"]


def test_without_parts_nothing_is_fetched_for_them(define: DefineServer) -> None:
    assert "PARTS=''" in user_data(synthesized(Stack.of(define()))).splitlines()


def test_a_part_added_twice_is_refused(define: DefineServer, files: Path) -> None:
    server = define()
    server.template.add_boot_part(BootPart(name="mounts", files=files))

    with pytest.raises(ValueError, match="boot part 'mounts' is added twice: a machine runs each once"):
        server.template.add_boot_part(BootPart(name="mounts", files=files))


@pytest.mark.parametrize("name", ["PORT", "PARTS", "FILES", "UNIT", "EXIT_7"])
def test_a_setting_that_the_machine_has_is_refused(define: DefineServer, files: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"boot part 'mounts' has the setting '{name}', which the machine has already"):
        define().template.add_boot_part(BootPart(name="mounts", files=files, settings={name: "x"}))


@pytest.mark.parametrize("name", ["python", "A-B", "", "1A"])
def test_a_setting_that_the_shell_could_take_for_its_own_is_refused(files: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"boot part 'mounts' has the setting {re.escape(repr(name))}: use capitals"):
        BootPart(name="mounts", files=files, settings={name: "x"})


def test_what_is_added_after_somebody_looked_counts(define: DefineServer, files: Path) -> None:
    server = define()
    Stack.of(server).resolve(server.template.resource.launch_template_data)
    server.template.add_boot_part(BootPart(name="mounts", files=files, settings={"MOUNTED_AT": "/data"}))

    assert "MOUNTED_AT=/data" in user_data(synthesized(Stack.of(server))).splitlines()


@pytest.mark.parametrize("name", ["", "Mounts", "two words", "a/b", "a=b"])
def test_a_name_that_no_folder_could_have_is_refused(files: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"^boot part {re.escape(repr(name))}: use lower-case letters"):
        BootPart(name=name, files=files)


def test_a_part_without_a_script_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"boot part 'mounts' has no part\.sh in '.*': "):
        BootPart(name="mounts", files=tmp_path)


def test_parts_count_for_the_size_of_the_user_data(define: DefineServer, files: Path) -> None:
    with pytest.raises(ValueError, match=r"the user data takes [\d,]+ bytes and EC2 allows 16,384"):
        define().template.add_boot_part(BootPart(name="mounts", files=files, settings={"LONG": "x" * 16384}))
