"""Cognito's pages ask for an authenticator app's code where the pool says so: MiniStack's take a password for all."""

import html
import json
import secrets
from typing import Any
from urllib.parse import parse_qs

from ministack.services import cognito

APP = "SOFTWARE_TOKEN_MFA"
Answer = tuple[int, dict[str, str], bytes]
# Who has typed a password and no code yet: by a number of chance, what MiniStack would now be told of the sign-in.
_begun: dict[str, tuple[Any, ...]] = {}


def ask_for_codes() -> None:
    """Stand between the password, also a first one that was replaced, and the page that a sign-in leads back to."""
    finish, submit = cognito._issue_auth_code_redirect, cognito.handle_login_submit

    def finish_with_code(*signing_in: Any) -> Any:
        pool, user = _who(signing_in)
        if pool.get("MfaConfiguration") != "ON":
            return finish(*signing_in)
        if "_totp_secret" not in user:
            # Anew for each sign-in, until a code shows that the app has it.
            user["_totp_pending_secret"] = json.loads(cognito._associate_software_token({})[2])["SecretCode"]
        number = secrets.token_urlsafe(24)
        _begun[number] = signing_in
        return _page(number, user)

    def submit_with_code(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        number = form.get("mfa_token", "")
        if not number:
            return submit(method, path, headers, body, query)
        if number not in _begun:
            return cognito._oauth2_error("invalid_request", "Session has expired. Please sign in again.")
        _, user = _who(_begun[number])
        if not cognito._totp_matches(user.get("_totp_secret") or user["_totp_pending_secret"], form.get("code")):
            return _page(number, user, "Code mismatch")
        if secret := user.pop("_totp_pending_secret", None):
            user |= {"_totp_secret": secret, "_mfa_enabled": [APP], "_preferred_mfa": APP}
        return finish(*_begun.pop(number))

    cognito._issue_auth_code_redirect, cognito.handle_login_submit = finish_with_code, submit_with_code


def _who(signing_in: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Find the pool and the user."""
    _, pool_id, _, _, username, *_ = signing_in
    pool = cognito._get_pool_unscoped(pool_id)
    return pool, pool["_users"][username]


def _page(number: str, user: dict[str, Any], error: str = "") -> Answer:
    """Ask for a code; of who has no app yet, with the key for one."""
    key = user.get("_totp_pending_secret")
    heading = "Set up authenticator app" if key else "Enter the code of your authenticator app"
    body = f"""{f'<div class="error">{html.escape(error)}</div>' if error else ""}
{f"<p>Key for the app: <code>{key}</code></p>" if key else ""}
<form method="POST" action="/login">
<input type="hidden" name="mfa_token" value="{number}">
<label for="code">Code</label>
<input type="text" id="code" name="code" autocomplete="one-time-code" required autofocus>
<button type="submit">Sign in</button>
</form>"""
    page = cognito._page_shell("Sign in", heading, body)
    return 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()
