"""Cognito's user pool, as OpenID Connect has it: who signs in there, and whether they still may."""

import base64
import hashlib
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 5.0
CLIENT_FAULTS = ("invalid_client", "unauthorized_client")


class RefusedError(Exception):
    """Cognito says no, or says of somebody what the page does not let in."""


class UnknownError(Exception):
    """Nobody can say now: Cognito does not answer, or is not there yet."""


@dataclass(frozen=True)
class User:
    """Who is signed in."""

    sub: str
    email: str


@dataclass(frozen=True)
class Client:
    """What the page is to its user pool, as root has fetched it.

    :param pages: where Cognito's own pages are.
    :param callback: where it sends people who have signed in.
    :param signed_out: where it sends people who have signed out.
    """

    id: str
    secret: str
    pages: str
    callback: str
    signed_out: str

    @classmethod
    def read(cls, file: Path) -> "Client":
        """Read it anew: at a first deploy, the machine is there before it."""
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise UnknownError("the sign-in is not known to the machine yet") from None

    def sign_in_address(self, state: str, nonce: str, verifier: str) -> str:
        """Say where people sign in."""
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.callback,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.pages}/oauth2/authorize?{urlencode(asked)}"

    def sign_out_address(self) -> str:
        """Say where people sign out of Cognito's own pages, which would else let them in again unasked."""
        return f"{self.pages}/logout?{urlencode({'client_id': self.id, 'logout_uri': self.signed_out})}"

    def exchange(self, code: str, verifier: str, nonce: str) -> tuple[str, User]:
        """Take a code to Cognito; give the refresh token, which stands for this sign-in, and who it is."""
        told = self._ask(
            "token", grant_type="authorization_code", code=code, redirect_uri=self.callback, code_verifier=verifier
        )
        claims = self._claims(told)
        if claims.get("nonce") != nonce:
            raise RefusedError("this is the answer to another sign-in")
        return str(told["refresh_token"]), _user(claims)

    def look_up(self, refresh_token: str) -> User:
        """Ask whose sign-in this is: of nobody who is removed, disabled or signed out."""
        return _user(self._claims(self._ask("token", grant_type="refresh_token", refresh_token=refresh_token)))

    def revoke(self, refresh_token: str) -> None:
        """End a sign-in wherever it is known."""
        self._ask("revoke", token=refresh_token)

    def _claims(self, told: dict[str, Any]) -> dict[str, Any]:
        # It came from Cognito itself by TLS, for which OpenID Connect asks for no look at the signature.
        payload = str(told["id_token"]).split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if (claims.get("aud"), claims.get("token_use")) != (self.id, "id") or claims.get("exp", 0) < time.time():
            raise RefusedError("this token is not for this page")
        return claims

    def _ask(self, what: str, **form: str) -> dict[str, Any]:
        basic = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 - of the pool's own pages
            f"{self.pages}/oauth2/{what}",
            data=urlencode({"client_id": self.id, **form}).encode(),
            headers={"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return dict(json.loads(answer.read() or b"{}"))
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(300).decode(errors="replace")
            # Too many questions, or another client than the page's, is no answer about anybody.
            if error.code != 400 or any(word in said for word in CLIENT_FAULTS):
                raise UnknownError(f"Cognito answers {error.code}: {said}") from None
            raise RefusedError(f"Cognito refuses: {said}") from None
        except (OSError, ValueError) as error:
            raise UnknownError(f"Cognito does not answer: {error}") from None


def _user(claims: dict[str, Any]) -> User:
    email = str(claims.get("email", ""))
    # Else an address would be whoever claims it.
    if not email or claims.get("email_verified") not in (True, "true"):
        raise RefusedError("this user has no verified e-mail address")
    return User(str(claims["sub"]), email)
