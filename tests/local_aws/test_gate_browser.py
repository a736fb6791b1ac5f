"""What a page of another site does to `up` in a real browser: nothing, but call the API as its CORS says."""

import base64
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.local_aws.checkout import Checkout, ask
from tests.local_aws.test_browser import launch

pytestmark = pytest.mark.system

PARAMETER = "/test/secret"


class Site(BaseHTTPRequestHandler):
    """A site with one page; what is bad in it, each test puts there."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    """Serve a site of another origin."""
    # On loopback, so that no rule of the browser's about private networks is what protects.
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://evil.example:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser for which the site's name leads to this computer."""
    with sync_playwright() as playwright:
        opened = launch(playwright, "--host-resolver-rules=MAP evil.example 127.0.0.1")
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, evil: str) -> Iterator[Page]:
    """Open the site."""
    opened = browser.new_page()
    opened.goto(evil)
    yield opened
    opened.close()


def function(name: str, mark: Path) -> str:
    """Spell the request for a function that leaves a mark where it runs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.py", f"def handler(event, context):\n    open({str(mark)!r}, 'w').close()\n")
    return json.dumps(
        {
            "FunctionName": name,
            "Runtime": "python3.12",
            "Role": "arn:aws:iam::000000000000:role/any",
            "Handler": "evil.handler",
            "Code": {"ZipFile": base64.b64encode(packed.getvalue()).decode()},
        }
    )


def functions(up: Checkout) -> list[str]:
    return [one["FunctionName"] for one in up.client("lambda").list_functions()["Functions"]]


def users(up: Checkout) -> list[str]:
    return [one["UserName"] for one in up.client("iam").list_users()["Users"]]


POST = "([url, body]) => fetch(url, {method: 'POST', mode: 'no-cors', body}).then(() => 'sent', String)"


def test_a_page_runs_no_code_by_fetch(up: Checkout, page: Page, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    url = f"{up.cloud.endpoint}/2015-03-31/functions"
    page.evaluate(POST, [url, function("fetched", mark)])
    page.evaluate(POST, [f"{url}/fetched/invocations", "{}"])
    assert "fetched" not in functions(up)
    assert not mark.exists()


def test_a_page_runs_no_code_by_forms(up: Checkout, page: Page, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    url = f"{up.cloud.endpoint}/2015-03-31/functions"
    # A form of plain text sends name=value: JSON, if the equals sign falls into a string.
    create = function("formed", mark).removesuffix("}") + ', "Description": "'
    for action, name in ((url, create), (f"{url}/formed/invocations", '{"event": "')):
        page.evaluate(
            """([action, name, value]) => {
                document.body.innerHTML = '<form><input><button>go</button></form>'
                Object.assign(document.forms[0], {method: 'post', enctype: 'text/plain', target: '_blank', action})
                Object.assign(document.querySelector('input'), {name, value})
            }""",
            [action, name, '"}'],
        )
        with page.expect_popup() as popup:
            page.get_by_role("button").click()
        popup.value.wait_for_load_state()
    assert "formed" not in functions(up)
    assert not mark.exists()


@pytest.mark.parametrize("tag", ["img", "script", "iframe"])
def test_a_page_changes_nothing_by_what_it_embeds(up: Checkout, page: Page, tag: str) -> None:
    page.evaluate(
        """([tag, src]) => new Promise(done => {
            const made = Object.assign(document.createElement(tag), {onload: done, onerror: done, src})
            document.body.append(made)
        }).then(() => null)""",
        [tag, f"{up.cloud.endpoint}/?Action=CreateUser&UserName={tag}&Version=2010-05-08"],
    )
    assert tag not in users(up)


def test_a_page_changes_nothing_by_a_link(up: Checkout, page: Page) -> None:
    page.set_content(f"<a href='{up.cloud.endpoint}/?Action=CreateUser&UserName=link&Version=2010-05-08'>look</a>")
    page.get_by_role("link").click()
    page.wait_for_url("**/?Action*")
    assert "link" not in users(up)


def test_a_page_reads_nothing_by_rebinding_its_name(up: Checkout, page: Page) -> None:
    up.client("ssm").put_parameter(Name=PARAMETER, Value="the secret", Type="String", Overwrite=True)
    # The page's script was loaded before the name led here; what matters is that it runs in this origin now.
    page.goto(f"http://evil.example:{up.cloud.port}/")
    told = page.evaluate(
        """name => fetch('/', {
            method: 'POST',
            headers: {'X-Amz-Target': 'AmazonSSM.GetParameter', 'Content-Type': 'application/x-amz-json-1.1'},
            body: JSON.stringify({Name: name}),
        }).then(answer => answer.text(), String)""",
        PARAMETER,
    )
    assert told.startswith("the embedded AWS does not go by the name 'evil.example")


def test_a_page_opens_no_web_socket(up: Checkout, page: Page) -> None:
    told = page.evaluate(
        """url => new Promise(done => {
            const socket = new WebSocket(url, 'mqtt')
            socket.onopen = () => done('open')
            socket.onerror = () => done('refused')
        })""",
        f"ws://iot.us-east-1.localhost:{up.cloud.port}/mqtt",
    )
    assert told == "refused"


READ = """([url, body]) => fetch(url, body ? {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body
} : {}).then(answer => answer.text(), String)"""


def test_a_page_calls_the_deployed_api_as_its_cors_says(up: Checkout, page: Page, evil: str) -> None:
    url = up.deployed().api_url
    api_id = url.split("/")[5]
    gateway = up.client("apigatewayv2")
    calls = [[f"{url}?nums=1,2,3", None], [url, "[1, 2, 3]"]]

    def read() -> list[str]:
        return [page.evaluate(READ, call) for call in calls]

    # Other tests may have deployed another handler.
    readable, refused = [ask(f"{url}?nums=1,2,3")[1]] * 2, ["TypeError: Failed to fetch"] * 2
    assert read() == refused
    try:
        for origin, told in ((evil, readable), ("https://example.org", refused)):
            allowed = {"AllowOrigins": [origin], "AllowMethods": ["GET", "POST"], "AllowHeaders": ["content-type"]}
            gateway.update_api(ApiId=api_id, CorsConfiguration=allowed)
            assert read() == told
    finally:
        gateway.delete_cors_configuration(ApiId=api_id)


def test_a_person_opens_the_deployed_api_by_a_link(up: Checkout, page: Page) -> None:
    url = f"{up.deployed().api_url}?nums=1,2,3"
    page.set_content(f"<a href='{url}'>look</a>")
    page.get_by_role("link").click()
    page.wait_for_url("**/calculate_mean*")
    assert page.inner_text("body") == ask(url)[1]
