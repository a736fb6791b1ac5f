"""A user pool's token endpoint, as a page behind it meets it: no pages, and every user by a word."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

CLIENT, SECRET = "client-1", "secret-1"
CALLBACK = "https://page.example/oauth2callback"


@dataclass
class FakeUserPool:
    """What it was told, and what it knows."""

    port: int
    # By code: the nonce of who gets it, and the address; by refresh token: the address.
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200

    def write(self, file: Path) -> None:
        """Write what root fetches on a machine."""
        told = {"id": CLIENT, "secret": SECRET, "pages": f"http://127.0.0.1:{self.port}"}
        file.write_text(json.dumps({**told, "callback": CALLBACK, "signed_out": "https://page.example/"}))

    def code(self, nonce: str, email: str = "ada@example.org") -> str:
        """Let somebody sign in on its pages."""
        code = secrets.token_urlsafe()
        self.codes[code] = (nonce, email)
        return code

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """Answer as Cognito does."""
        self.asked.append({"path": path, **form})
        if self.status != 200:
            return self.status, {"error": "invalid_client"}
        if path == "/oauth2/revoke":
            self.tokens.pop(form["token"], None)
            return 200, None
        if form["grant_type"] == "authorization_code":
            nonce, email = self.codes.pop(form["code"], ("", ""))
            token = {"refresh_token": secrets.token_urlsafe(1300)}
            self.tokens[token["refresh_token"]] = email
        else:
            nonce, email, token = "", self.tokens.get(form["refresh_token"], ""), {}
        if not email or email in self.removed:
            return 400, {"error": "invalid_grant"}
        claims = {"aud": CLIENT, "token_use": "id", "exp": time.time() + 300, "sub": f"sub of {email}"}
        claims |= {"email": email, "email_verified": True, **({"nonce": nonce} if nonce else {})}
        return 200, {"id_token": f"x.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()}.x", **token}


@contextmanager
def fake_user_pool() -> Iterator[FakeUserPool]:
    """Serve one until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            basic = f"Basic {base64.b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()}"
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, told = pool.answer(self.path, form) if self.headers["Authorization"] == basic else (401, {})
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"" if told is None else json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pool = FakeUserPool(server.server_port)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield pool
    finally:
        server.shutdown()
        server.server_close()
