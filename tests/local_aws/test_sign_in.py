"""`make up HTTPS=true SIGN_IN=true`: a real browser signs in on Cognito's page, and out; nobody else gets anything."""

import base64
import hmac
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from websockets.exceptions import InvalidStatus

from local_aws.environment import aws, isolated
from tests.local_aws.checkout import Checkout, wait_until
from tests.local_aws.checkout import expect as expect_words
from tests.local_aws.test_browser import launch
from tests.local_aws.test_edge import Viewer, trusting
from tests.local_aws.test_https import PATIENCE, Up
from tests.local_aws.trusting import trust

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address, and no NSS"),
]

# In the bundled app's frame, whose button signs out.
PAGE = """
import streamlit as st

st.title("For the invited")
st.text(f"you are {st.user.email}")
if file := st.file_uploader("File"):
    st.text(f"{len(file.getvalue())} bytes")
"""
ADA, EVE, BOB, OWN = "ada@example.org", "eve@example.org", "bob@example.org", "Correct-horse-7-battery"
WEAK = {
    "Correct7-": "length greater than or equal to 12",
    "correct-horse-7-battery": "uppercase characters",
    "CORRECT-HORSE-7-BATTERY": "lowercase characters",
    "Correct-horse-battery": "numeric characters",
    "CorrectHorse7Battery": "symbol characters",
}
SESSION = "__Host-signed-in"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    folder = tmp_path_factory.mktemp("sign-in")
    checkout = Checkout.copy(folder / "copy")
    (checkout.folder / "streamlit_src" / "app_pages" / "welcome.py").write_text(PAGE)
    hasten(checkout.folder / "constructs" / "data_compute" / "page" / "login" / "signing_in")
    try:
        done = checkout.run("up", "-c", "https=true", "-c", "sign_in=true", "-c", "web_from=203.0.113.7/32")
        assert re.search(r'nobody can sign in yet: `eval "\$\(.* env.*\)"; python -m ops users add', done.stdout)
        trust(folder / "home", checkout.state.authority)
        name = checkout.deployed().page_url.removeprefix("https://")
        (address,) = checkout.client("ec2").describe_addresses()["Addresses"]
        direct = Viewer(f"{address['PublicIp']}:8501", None)
        yield Up(checkout, Viewer(name, trusting(checkout.state.authority)), direct, folder / "home")
    finally:
        checkout.end()


def hasten(module: Path) -> None:
    """Have Cognito asked again after seconds, which else takes minutes: test_sign_in_parts has the clock."""
    for name, usual, soon in (
        ("sessions", "= 240.0,", "= 3.0,"),
        ("web_socket", "LOOK_SECONDS = 10.0", "LOOK_SECONDS = 1.0"),
    ):
        file = module / f"{name}.py"
        text = file.read_text()
        assert usual in text
        file.write_text(text.replace(usual, soon))


@pytest.fixture(scope="module")
def browser(up: Up) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright, home=up.home)
        yield opened
        opened.close()


def users(up: Up, *words: str) -> str:
    """Run the verb as a person would, in a shell that points at the embedded AWS."""
    done = subprocess.run(
        [sys.executable, "-m", "ops", "users", *words],
        cwd=up.checkout.folder,
        env=isolated(up.checkout.state, up.checkout.environment) | aws(up.checkout.state, up.checkout.cloud.endpoint),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def invited(up: Up, email: str) -> str:
    """Invite somebody; give the first password."""
    return users(up, "add", email).strip().rpartition(": ")[2]


def type_password(page: Page, email: str, password: str) -> None:
    page.get_by_label("Username").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def type_new_password(page: Page, password: str) -> None:
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("Confirm new password").fill(password)
    page.get_by_role("button", name="Update password").click()


def is_at_login(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=PATIENCE)


def is_in(page: Page, email: str) -> None:
    expect(page.get_by_text(f"you are {email}")).to_be_visible(timeout=PATIENCE)


@pytest.fixture(scope="module")
def ada(up: Up, browser: Browser) -> Page:
    """Sign in for the first time."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    first = invited(up, ADA)
    page.goto(f"http://{up.viewer.name}/?from=mail")
    is_at_login(page)
    assert "/oauth2/authorize?" in page.url
    type_password(page, ADA, "wrong")
    expect(page.get_by_text("Incorrect username or password")).to_be_visible()
    type_password(page, ADA, first)
    for refused, lacks in WEAK.items():
        type_new_password(page, refused)
        expect(page.get_by_text(f"Password must have {lacks}")).to_be_visible()
    type_new_password(page, OWN)
    is_in(page, ADA)
    return page


def cookie(context: BrowserContext) -> dict[str, str]:
    """Give the cookie of a browser that is signed in."""
    [found] = [one for one in context.cookies() if one["name"] == SESSION]
    assert (found["secure"], found["httpOnly"], found["sameSite"]) == (True, True, "Lax")
    return {"Cookie": f"{SESSION}={found['value']}"}


def test_a_first_sign_in_replaces_the_password_and_comes_back(up: Up, ada: Page) -> None:
    assert ada.url == f"{up.url}/?from=mail"
    assert users(up, "list").splitlines()[1].split()[:2] == [ADA, "has"]


def test_it_takes_a_file_and_outlives_a_reload(ada: Page) -> None:
    large = {"name": "large.bin", "mimeType": "application/octet-stream", "buffer": b"1" * 5_000_000}
    ada.locator("input[type=file]").set_input_files(large)  # type: ignore[arg-type]
    expect(ada.get_by_text("5000000 bytes")).to_be_visible(timeout=PATIENCE)
    ada.reload()
    is_in(ada, ADA)


def test_without_a_cookie_or_with_a_made_up_one_nobody_gets_anything(up: Up, ada: Page) -> None:
    value = cookie(ada.context)["Cookie"]
    paths = [
        "/",
        "/_stcore/host-config",
        "/media/x.png",
        "/app/static/x",
        "/_stcore/upload_file/x/y",
        "/_stcore/metrics",
    ]
    for made_up in ("", f"{SESSION}=x", f"{value[:-1]}{'0' if value[-1] != '0' else '1'}"):
        brought = {"Cookie": made_up}
        for method in ("GET", "PUT"):
            answers = {path: up.viewer.ask(path, method, headers=brought).status for path in paths}
            assert answers == dict.fromkeys(paths, 401)
        with pytest.raises(InvalidStatus, match="HTTP 403"):
            up.viewer.open("/_stcore/stream", additional_headers=brought)
    # Nor does a good one open the machine itself.
    assert up.direct.ask("/", secure=False, headers={"Cookie": value}).status == 403
    assert up.viewer.ask("/_stcore/host-config", headers={"Cookie": value}).status == 200


def answer_for(up: Up, email: str, password: str) -> str:
    """Sign in as far as Cognito's answer, and keep that from the browser that asked."""
    begun = up.viewer.ask("/", headers={"Accept": "text/html"}).headers["location"]
    form = {"username": email, "password": password, **dict(parse_qsl(urlsplit(begun).query))}
    cognito = http.client.HTTPConnection(urlsplit(begun).netloc, timeout=10)
    with closing(cognito):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        cognito.request("POST", "/login", urlencode(form), kind)
        answer = cognito.getresponse().headers["Location"]
    assert answer.startswith(f"{up.url}/oauth2callback?code=")
    return str(answer)


@pytest.mark.usefixtures("ada")
def test_capitals_make_no_other_user(up: Up) -> None:
    pool = up.checkout.deployed().outputs["UserPoolId"]
    with pytest.raises(ClientError, match="UsernameExistsException"):
        up.client("cognito-idp").admin_create_user(UserPoolId=pool, Username=ADA.upper())
    assert answer_for(up, ADA.upper(), OWN)


def test_a_sign_in_ends_in_the_browser_alone_that_began_it(up: Up, browser: Browser) -> None:
    users(up, "add", EVE)
    pool = up.checkout.deployed().outputs["UserPoolId"]
    up.client("cognito-idp").admin_set_user_password(UserPoolId=pool, Username=EVE, Password=OWN, Permanent=True)
    # Eve sends Ada the link, to have her work in Eve's name.
    victim = browser.new_context().new_page()
    victim.goto(up.url)
    answer = victim.goto(answer_for(up, EVE, OWN))
    assert answer
    assert answer.status == 400
    assert not [one for one in victim.context.cookies() if one["name"] == SESSION]


def test_the_secret_is_nowhere(up: Up) -> None:
    cognito, pool = up.client("cognito-idp"), up.checkout.deployed().outputs["UserPoolId"]
    [client] = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=2)["UserPoolClients"]
    known = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client["ClientId"])["UserPoolClient"]
    told = str(up.client("cloudformation").get_template(StackName="Streamlit")["TemplateBody"])
    told += str(up.checkout.deployed().outputs)
    told += "".join(log.read_text() for log in up.checkout.state.machines.glob("*/*.log"))
    assert known["ClientSecret"] not in told


def test_its_rights_are_needed_and_enough(up: Up) -> None:
    rights = up.checkout.run("rights").stdout
    assert "cognito-idp:DescribeUserPoolClient" in rights


def test_a_replaced_machine_still_knows_who_is_signed_in(up: Up, ada: Page) -> None:
    ec2, old = up.client("ec2"), up.checkout.deployed().instance_id
    (template,) = ec2.describe_launch_templates()["LaunchTemplates"]
    (address,) = ec2.describe_addresses()["Addresses"]
    asked = {"LaunchTemplateId": template["LaunchTemplateId"], "Version": "$Latest"}
    (new,) = ec2.run_instances(LaunchTemplate=asked, MinCount=1, MaxCount=1)["Instances"]
    wait_until((up.checkout.state.machines / new["InstanceId"] / "booted").exists, 60)
    with ada.expect_websocket(timeout=PATIENCE):
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=new["InstanceId"])
        ec2.terminate_instances(InstanceIds=[old])
    ada.reload()
    is_in(ada, ADA)


def test_signing_out_ends_it_and_a_copied_cookie(up: Up, ada: Page) -> None:
    copied = cookie(ada.context)
    ada.get_by_role("button", name="Sign out").click()
    is_at_login(ada)
    assert not [one for one in ada.context.cookies() if one["name"] == SESSION]
    assert up.viewer.ask("/", headers=copied).status == 401
    with pytest.raises(InvalidStatus, match="HTTP 403"):
        up.viewer.open("/_stcore/stream", additional_headers=copied)
    # Cognito was told: a page that has just started knows nothing else of it.
    reboot(up)
    assert up.viewer.ask("/", headers=copied).status == 401
    type_password(ada, ADA, OWN)
    is_in(ada, ADA)


def test_who_is_reset_or_removed_is_out(up: Up, ada: Page) -> None:
    assert users(up, "remove", EVE, "--dry-run") == f"would remove {EVE}\n"
    first = users(up, "reset", ADA).strip().rpartition(": ")[2]
    # Their open page leads there by itself.
    is_at_login(ada)
    type_password(ada, ADA, OWN)
    expect(ada.get_by_text("Incorrect username or password")).to_be_visible()
    type_password(ada, ADA, first)
    expect(ada.get_by_role("heading", name="Set a new password")).to_be_visible()
    type_new_password(ada, OWN)
    is_in(ada, ADA)
    copied = cookie(ada.context)
    assert users(up, "remove", ADA).startswith(f"{ADA} may not sign in any more; ")
    is_at_login(ada)
    assert up.viewer.ask("/_stcore/host-config", headers=copied).status == 401


def test_a_caller_may_ask_for_an_authenticator_app_and_let_people_sign_up(up: Up, ada: Page) -> None:
    cognito, pool = up.client("cognito-idp"), up.checkout.deployed().outputs["UserPoolId"]
    [client] = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=2)["UserPoolClients"]
    known = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client["ClientId"])["UserPoolClient"]
    seal = hmac.digest(known["ClientSecret"].encode(), f"{BOB}{client['ClientId']}".encode(), "sha256")
    bob = {"ClientId": client["ClientId"], "Username": BOB, "SecretHash": base64.b64encode(seal).decode()}
    with pytest.raises(ClientError, match="SignUp is not permitted for this user pool"):
        cognito.sign_up(**bob, Password=OWN)
    # As the two arguments of a SignIn do.
    change_pool(up, AdminCreateUserConfig={"AllowAdminCreateUserOnly": False}, MfaConfiguration="ON")
    # As Cognito's page does, which has no link for it here.
    cognito.sign_up(**bob, Password=OWN)
    is_at_login(ada)
    type_password(ada, BOB, OWN)
    expect(ada.get_by_text("User is not confirmed")).to_be_visible()
    cognito.confirm_sign_up(**bob, ConfirmationCode="123456")
    type_password(ada, BOB, OWN)
    expect(ada.get_by_role("heading", name="Set up authenticator app")).to_be_visible()
    key = ada.locator("code").inner_text()
    type_code(ada, "none")
    expect(ada.get_by_text("Code mismatch")).to_be_visible()
    type_code(ada, code_of(key))
    is_in(ada, BOB)
    ada.get_by_role("button", name="Sign out").click()
    is_at_login(ada)
    type_password(ada, BOB, OWN)
    expect(ada.get_by_role("heading", name="Enter the code")).to_be_visible()
    assert key not in ada.content()
    ada.goto(up.url)
    is_at_login(ada)
    type_password(ada, BOB, OWN)
    type_code(ada, code_of(key))
    is_in(ada, BOB)


@pytest.mark.usefixtures("ada")
def test_turning_it_off_says_how_many_accounts_end(up: Up) -> None:
    told = up.checkout.run("up", "-c", "https=", check=False)
    assert (told.returncode, "HTTPS= SIGN_IN= for neither" in told.stdout) == (1, True)
    pool = up.checkout.deployed().outputs["UserPoolId"]
    many = len(up.client("cognito-idp").list_users(UserPoolId=pool)["Users"])
    started = up.checkout.start("up", "-c", "https=", "-c", "sign_in=")
    try:
        expect_words(started, f"{many} account{'s end' if many > 1 else ' ends'} with the sign-in, for good")
    finally:
        # All there is to see; the rest would take its time.
        os.killpg(started.pid, signal.SIGKILL)
        started.communicate()


def change_pool(up: Up, **properties: Any) -> None:
    """Deploy the stack with a pool that is told something else."""
    cloudformation = up.client("cloudformation")
    template = cloudformation.get_template(StackName="Streamlit")["TemplateBody"]
    changed = json.loads(template) if isinstance(template, str) else template
    [pool] = [one for one in changed["Resources"].values() if one["Type"] == "AWS::Cognito::UserPool"]
    pool["Properties"] |= properties
    cloudformation.update_stack(
        StackName="Streamlit", TemplateBody=json.dumps(changed), Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName="Streamlit", WaiterConfig={"Delay": 0.2})


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def code_of(key: str) -> str:
    """Give what an authenticator app shows now."""
    # As RFC 6238 and all apps have it.
    digest = SHA1()  # noqa: S303
    return TOTP(base64.b32decode(key), 6, digest, 30).generate(int(time.time())).decode()


def reboot(up: Up) -> None:
    """Have the page forget whom it has believed."""
    ec2 = up.client("ec2")
    (machine,) = [
        found["InstanceId"]
        for reservation in ec2.describe_instances()["Reservations"]
        for found in reservation["Instances"]
        if found["State"]["Name"] == "running"
    ]
    ec2.reboot_instances(InstanceIds=[machine])
    wait_until(lambda: up.viewer.ask("/_stcore/health").status == 200, 30)
