"""From `up` on fresh state to what a person does with it: the real CDK, the real templates, real HTTP."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

from local_aws import environment
from local_aws.extensions.key_pair import import_key
from local_aws.processes import Process
from stacks.copies import read_copy
from stacks.copy_settings import MAIN
from tests.local_aws.checkout import Checkout, Deployed, ask, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def found(up: Checkout) -> Deployed:
    return up.deployed()


def request(url: str, body: bytes | None = None) -> tuple[int, str]:
    asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - the stack's output
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux, whose kernel lists the sockets in /proc")
def test_listens_on_loopback_only(up: Checkout) -> None:
    assert up.cloud.endpoint.startswith("http://127.0.0.1:")
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    bound = {
        line[1].split(":")[0] for line in sockets if line[3] == "0A" and int(line[1].split(":")[1], 16) == up.cloud.port
    }
    # 127.0.0.1 as the kernel writes it.
    assert bound == {"0100007F"}


def test_a_get_answers(found: Deployed) -> None:
    status, body = request(f"{found.api_url}?nums=1,2,3")
    assert (status, json.loads(body)) == (200, 2.0)


def test_a_post_answers(found: Deployed) -> None:
    status, body = request(found.api_url, b"[0.1, 0.1, 0.1]")
    assert (status, json.loads(body)) == (200, 0.1)


def test_a_wrong_call_is_refused(found: Deployed) -> None:
    status, body = request(f"{found.api_url}?nums=1,x")
    assert status == 422
    assert "item 2 of nums is not a number" in body
    assert request(f"{found.api_url}/elsewhere")[0] == 404


def test_the_page_is_served_at_the_stacks_own_output(found: Deployed) -> None:
    assert found.page_url.startswith("http://127.0.0.")
    assert found.page_status() == 200
    assert "<title>Streamlit</title>" in ask(found.page_url)[1]


def test_a_deployed_stack_shows_no_difference(up: Checkout) -> None:
    told = cdk(up, "diff")
    assert told.returncode == 0, told.stderr
    assert "Number of stacks with differences: 0" in told.stdout + told.stderr


def test_the_machine_has_what_the_template_gives_it(up: Checkout, found: Deployed) -> None:
    instance = up.client("ec2").describe_instances(InstanceIds=[found.instance_id])["Reservations"][0]["Instances"][0]
    assert instance["State"]["Name"] == "running"
    assert instance["Architecture"] == "arm64"
    assert f"http://{instance['PublicIpAddress']}:" in found.page_url
    assert instance["KeyName"]
    assert instance["IamInstanceProfile"]["Arn"].count("arn:") == 1
    volume = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    described = up.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert described["Encrypted"] is True
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert tags["project"] == "cdk-data-compute"


def test_the_private_key_is_real_and_in_parameter_store(up: Checkout, found: Deployed) -> None:
    name = f"/ec2/keypair/{found.outputs['KeyPairId']}"
    parameter = up.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert parameter["Type"] == "SecureString"
    private = load_ssh_private_key(parameter["Value"].encode(), None)
    public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    described = up.client("ec2").describe_key_pairs(KeyPairIds=[found.outputs["KeyPairId"]])["KeyPairs"][0]
    assert described["KeyFingerprint"] == import_key(public).fingerprint


def test_an_app_that_is_killed_is_started_again(up: Checkout, found: Deployed) -> None:
    record = up.state.machines / found.instance_id / "process.json"
    first = Process.read(record)
    assert first
    os.killpg(first.pid, signal.SIGKILL)
    wait_until(lambda: Process.read(record) not in (None, first), 10)
    wait_until(lambda: found.page_status() == 200, 30)


def test_status_tells_what_runs_where(up: Checkout, found: Deployed) -> None:
    rows = dict(re.split("  +", line, maxsplit=1) for line in up.run("status").stdout.splitlines() if "  " in line)
    assert rows["Embedded AWS"].startswith(f"{up.cloud.endpoint}, process ")
    assert rows["Stack CalculateMean"].startswith("CREATE_COMPLETE, last deploy ")
    assert rows["API"].startswith(f"{found.api_url}  answers in ")
    assert rows["Page"].startswith(f"{found.page_url}  answers in ")
    assert rows["Machine"].startswith(f"{found.instance_id}, t4g.small, running")
    assert rows["Machine's disk"] == str(up.state.machines / found.instance_id)


def test_logs_show_the_call_the_app_and_the_embedded_aws(up: Checkout, found: Deployed) -> None:
    request(f"{found.api_url}?nums=4")
    of_each = {
        "api": '"route": "GET /calculate_mean"',
        "function": "REPORT RequestId",
        "app": "You can now view",
        "boot": "boot: ",
        "aws": "Ready",
    }
    told = up.run("logs").stdout
    for source, text in of_each.items():
        assert text in up.run("logs", source).stdout
        assert re.search(rf"^{source:<8}  .*{re.escape(text)}", told, re.MULTILINE)


def put_all(into: "queue.Queue[str]", lines: Iterable[str]) -> None:
    for line in lines:
        into.put(line)


def test_followed_logs_show_what_comes(up: Checkout, found: Deployed) -> None:
    calls = up.run("logs", "function").stdout.count("REPORT RequestId")
    follower = up.start("logs", "function", "--follow")
    lines: queue.Queue[str] = queue.Queue()
    assert follower.stdout
    threading.Thread(target=put_all, args=[lines, follower.stdout], daemon=True).start()
    try:
        for expected in range(calls + 1):
            if expected == calls:
                request(f"{found.api_url}?nums=4")
            while "REPORT RequestId" not in lines.get(timeout=10):
                pass
    finally:
        os.killpg(follower.pid, signal.SIGINT)
        follower.wait(10)


@contextmanager
def always_served(found: Deployed) -> Iterator[None]:
    """Ask for the page all the time, and fail if it was ever gone.

    As on AWS a moved address cuts what is on its way: who asks again at once is answered.
    """
    answers: list[int] = []
    done = threading.Event()

    def poll() -> None:
        while not done.wait(0.1):
            health = f"{found.page_url}/_stcore/health"
            answers.append(ask(health, timeout=10)[0] or ask(health, timeout=10)[0])

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        yield
    finally:
        done.set()
        poller.join()
    assert set(answers) == {200}


def test_another_up_deploys_a_new_handler_page_and_setting(up: Checkout, found: Deployed) -> None:
    handler = up.folder / "lambda_src/calculate_mean/handler.py"
    before = handler.read_text()
    handler.write_text(before + "\n_inner = lambda_handler\n\n\n" + LOUDER)
    app = up.folder / "streamlit_src/frame.py"
    app.write_text(app.read_text() + "\nprint('the new page ran', flush=True)\n")
    with always_served(found):
        told = up.run("up", "-c", "log_retention_days=7").stdout
    assert re.search(r"Settings +log_retention_days=7\n", told)
    changed = up.deployed()
    assert (changed.page_url, changed.api_url) == (found.page_url, found.api_url)
    assert changed.instance_id != found.instance_id
    assert [path.name for path in up.state.machines.iterdir()] == [changed.instance_id]
    old = up.client("ec2").describe_instances(InstanceIds=[found.instance_id])["Reservations"][0]["Instances"][0]
    assert old["State"]["Name"] == "terminated"
    assert request(f"{changed.api_url}?nums=1,2,3")[1] == "louder 2.0"
    # The next `up` takes it back.
    handler.write_text(before)
    wait_until(lambda: "the new page ran" in up.run("logs", "app").stdout, 10)
    assert retention(up) == {7}


LOUDER = """
def lambda_handler(event, context):
    answer = _inner(event, context)
    return answer | {"body": f"louder {answer['body']}"}
"""


def retention(up: Checkout) -> set[int]:
    return {group["retentionInDays"] for group in up.client("logs").describe_log_groups()["logGroups"]}


def test_a_broken_page_rolls_back_and_the_old_one_still_answers(up: Checkout, found: Deployed) -> None:
    known, kept = read_copy(up.state.copies, MAIN), retention(up)
    app = up.folder / "streamlit_src/frame.py"
    good = app.read_text()
    app.write_text(good + "\nraise RuntimeError('broken on purpose')\n")
    try:
        with always_served(found):
            told = up.run("up", "-c", "burst_limit=7", check=False)
        assert told.returncode == 1
        # Where the CDK begins to tell of it, the app's own last lines stand instead, and then what still answers.
        assert "FAILED" not in told.stdout
        assert "Failed resources:" in up.state.cdk_log.read_text(encoding="utf-8")
        _, reason, rest = told.stdout.partition(": the app's script raised an error")
        lines, runs = rest.split("\nwhat runs now:\n")
        assert reason
        assert "  RuntimeError: broken on purpose" in lines
        assert f"{found.page_url}  answers in " in runs
    finally:
        app.write_text(good)
    assert up.deployed().instance_id == found.instance_id
    assert [path.name for path in up.state.machines.iterdir() if path.is_dir()] == [found.instance_id]
    assert found.page_status() == 200

    # What it was told before stays, and what failed is not remembered.
    assert (read_copy(up.state.copies, MAIN), retention(up)) == (known, kept)


def test_a_handler_that_does_not_start_rolls_back_and_the_old_one_still_answers(up: Checkout, found: Deployed) -> None:
    handler = up.folder / "lambda_src/calculate_mean/handler.py"
    good, before = handler.read_text(), request(f"{found.api_url}?nums=1,2,3")
    handler.write_text(good + "\nimport pandas\n")
    answers, done = set(), threading.Event()

    def poll() -> None:
        while not done.wait(0.1):
            answers.add(request(f"{found.api_url}?nums=1,2,3"))

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        told = up.run("up", check=False)
    finally:
        done.set()
        poller.join()
        handler.write_text(good)
    assert told.returncode == 1
    reason = "the handler handler.lambda_handler cannot be imported: ModuleNotFoundError: No module named 'pandas'"
    assert reason in told.stdout
    # Whatever a test before has let it say.
    assert f"{found.api_url}  " in told.stdout.partition("\nwhat runs now:\n")[2]
    assert (before[0], answers) == (200, {before})


def test_what_up_was_told_can_be_taken_back(up: Checkout) -> None:
    # A test before has told it, unless this one runs alone.
    if not read_copy(up.state.copies, MAIN):
        up.run("up", "-c", "log_retention_days=7")
    up.run("up", "-c", "log_retention_days=")
    assert retention(up) == {30}
    assert read_copy(up.state.copies, MAIN) == {}
    assert not (up.folder / "copies").exists()


def cdk(up: Checkout, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the CDK by itself, as a person would after `env`."""
    return subprocess.run(
        ["cdk", *arguments, "--no-notices", "--output", str(up.state.folder / "cdk.diff")],
        cwd=up.folder,
        env=environment.isolated(up.state, os.environ) | {"AWS_ENDPOINT_URL": up.cloud.cdk_endpoint},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
