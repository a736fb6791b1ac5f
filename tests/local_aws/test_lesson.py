"""What docs/lesson.md says, done in a lab on the laptop as it says, and what it shows."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from facts.prices import HOURS_A_MONTH
from local_aws import cloud as clouds
from local_aws import decisions, lab
from ops.answers.lab import ENDED, SPENT
from ops.cloud.my_ip import CHECK_IP
from tests.local_aws.checkout import ORIGINAL
from tests.local_aws.test_your_own_function import CODE, STACK, with_lines
from tests.local_aws.test_your_own_function import PAGE as YOUR_OWN_FUNCTION
from tests.ops.fake_page import answering
from tests.ops.laptop import CDK_KEEPS, Laptop, laptop

PAGE = (ORIGINAL / "docs" / "lesson.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## \d+\. [^\n]* \((\d+) minutes\)\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
# What a student does, in the order of the page: paste, write, follow a link, type.
STEP = re.compile(
    r"```ini\n# ~/(?P<file>\S+)\n(?P<pasted>.*?)```"
    r"|(?P<written>```python\n# .*?^```$)"
    r"|\[(?P<followed>steps 1 and 2)\]\(your-own-function\.md\)"
    r"|```console\n(?P<typed>.*?)```",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
# On a line of its own it stands for any lines, within a line for any text.
LEFT_OUT = "…"
# What `make up` has done before the lesson.
SET_UP = 'make() { command make --old-file=.venv/.ready --old-file=node_modules/.ready "$@"; }'
OF_A_SESSION = re.compile(r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|.*REGION|.*_FILE)")


@dataclass
class Student:
    """Somebody at a laptop with a lab's session."""

    laptop: Laptop
    # As `AWS CLI` on the lab's page has them.
    credentials: dict[str, str]
    seen: str = ""

    def paste(self, name: str, shown: str) -> None:
        assert shown == "[default]\n" + "".join(f"{key}={LEFT_OUT}\n" for key in self.credentials)
        file = Path(self.laptop.environment["HOME"], name)
        file.parent.mkdir()
        file.write_text("[default]\n" + "".join(f"{key}={value}\n" for key, value in self.credentials.items()))

    def write(self, page: str) -> None:
        for name, text in CODE.findall(page):
            file = self.laptop.checkout.folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(with_lines(file, text) if name == STACK else text, encoding="utf-8")

    def type(self, command: str, shown: str) -> None:
        for output in re.findall(r"[A-Z]+_URL", command):
            name = output.title().replace("_", "")
            command = command.replace(output, re.findall(rf"\.{name} = (\S+)", self.seen)[-1])
        done = self.laptop.run(["bash", "-c", f"source .venv/bin/activate\n{SET_UP}\n{command}"])
        came = "".join(f"{line.rstrip()}\n" for line in done.stdout.strip().splitlines())
        self.seen += came
        assert done.returncode == 0, came
        assert re.fullmatch(pattern(shown), came), came


def pattern(shown: str) -> str:
    lines = (re.escape(line).replace(LEFT_OUT, ".*") for line in shown.splitlines())
    return "".join("(?:.*\n)*" if line == ".*" else f"{line}\n" for line in lines)


def story() -> Iterator[Any]:
    for step in STEP.finditer(PAGE):
        match step.lastgroup:
            case "pasted":
                yield pytest.param(partial(Student.paste, name=step["file"], shown=step["pasted"]), id=step["file"])
            case "written":
                yield pytest.param(partial(Student.write, page=step["written"]), id="writes an app")
            case "followed":
                yield pytest.param(partial(Student.write, page=YOUR_OWN_FUNCTION), id="writes a function")
            case _:
                for command, shown in COMMAND.findall(step["typed"]):
                    yield pytest.param(partial(Student.type, command=command, shown=shown), id=command)


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    place = tmp_path_factory.mktemp("lesson")
    home = place / "home"
    (home / "Downloads").mkdir(parents=True)
    (home / "Downloads" / "labsuser.pem").write_text("the private key of vockey\n")
    # As at a terminal.
    (home / ".curlrc").write_text("silent\n")
    (home / ".cdk.json").write_text(json.dumps(CDK_KEEPS))
    made = laptop(place / "copy", dict(os.environ))
    checkout = made.checkout
    # The checkout's own page grows a forest; that it comes up is told elsewhere.
    (checkout.folder / "streamlit_src" / "app.py").write_text("import streamlit\n\nstreamlit.title('a page')\n")
    with answering(200, body="1.2.3.4\n") as service:
        asking = checkout.folder / "tools" / "ops" / "cloud" / "my_ip.py"
        asking.write_text(asking.read_text().replace(CHECK_IP, service.url))
        try:
            checkout.state.create()
            lab.enter(clouds.start(checkout.state))
            found = dict(one.split("=", 1) for one in checkout.shell("env -0").split("\0") if "=" in one)
            session = {name: found.pop(name) for name in list(found) if OF_A_SESSION.fullmatch(name)}
            keys = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
            # What a person confirms at a terminal, they have confirmed.
            confirmed = {"CDK_REQUIRE_APPROVAL": "never", "CDK_VALIDATION": "false"}
            made.environment = found | {"HOME": str(home)} | confirmed
            yield Student(made, {key: session[key.upper()] for key in keys})
        finally:
            checkout.end()


@pytest.mark.system
@pytest.mark.parametrize("step", list(story()))
def test_the_lesson_goes_as_it_says(student: Student, step: "partial[None]") -> None:
    step(student)


@pytest.mark.system
def test_and_nothing_is_left_and_was_denied(student: Student) -> None:
    stacks = student.laptop.checkout.client("cloudformation").describe_stacks()["Stacks"]
    assert [stack["StackName"] for stack in stacks] == ["CDKToolkit"]
    assert decisions.denied(decisions.read(student.laptop.checkout.state.decisions)) == []


def test_each_block_is_done_or_words_alone() -> None:
    done = [step.values[0].func for step in story()]
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"ini", "python", "console", "text"}
    assert done.count(Student.type) == len(re.findall(r"^\$ ", PAGE, re.MULTILINE))
    assert (done.count(Student.paste), done.count(Student.write)) == (1, 2)


def test_it_takes_45_minutes_and_each_section_asks_one_question() -> None:
    sections = SECTION.findall(PAGE)
    answers = re.findall(r"^\d+\. ", PAGE.split("## Answers\n")[1], re.MULTILINE)
    assert sum(int(minutes) for minutes, _ in sections) == 45
    assert [text.count("**Think:**") for _, text in sections] == [1] * len(answers)


def test_it_reckons_what_the_lesson_costs() -> None:
    month = re.search(r"^together +\$(\S+) ", PAGE, re.MULTILINE)
    assert month
    hour = 100 * float(month[1]) / HOURS_A_MONTH
    assert (
        f"${month[1]} for {HOURS_A_MONTH} hours are {hour:.1f} cents an hour, {hour * 0.75:.0f} cents in 45 minutes"
        in PAGE
    )


def test_it_says_what_is_said_when_the_session_has_ended() -> None:
    assert f"\nerror: {ENDED}; {SPENT}\n" in PAGE
