"""Who is signed in: Cognito knows, and is asked again every few minutes. Nothing here has to outlive the machine."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from .user_pool import Client, RefusedError, UnknownError, User

# Cognito is asked again after the first, and nobody is believed beyond the second. An answer takes the third at most:
# with a WebSocket's LOOK_SECONDS, whoever is out is so within five minutes.
FRESH_SECONDS, LAST_SECONDS, ANSWER_SECONDS = 240.0, 280.0, 10.0
FORGET_ABOVE = 10_000


@dataclass
class _Session:
    user: User | None = None
    asked: float = float("-inf")
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """What Cognito last said of each sign-in, by its refresh token.

    :param domains: of e-mail addresses, in small letters; empty lets in every user of the pool.
    """

    def __init__(self, domains: frozenset[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._domains, self._clock = domains, clock
        self._known: dict[str, _Session] = {}

    async def user(self, client: Client, token: str) -> User | None:
        """Tell whose sign-in it is, None where it is nobody's any more, or raise ``UnknownError``."""
        session = self._of(token)
        try:
            await asyncio.wait_for(self._look(session, client, token), ANSWER_SECONDS)
        except (UnknownError, TimeoutError) as error:
            # By now: the answer may have taken its time.
            if self._age(session) > LAST_SECONDS:
                raise UnknownError(str(error) or "Cognito does not answer in time") from None
        return session.user

    async def _look(self, session: _Session, client: Client, token: str) -> None:
        async with session.alone:
            if self._age(session) <= FRESH_SECONDS:
                return
            began = self._clock()
            try:
                session.user = self._allowed(await asyncio.to_thread(client.look_up, token))
            except RefusedError:
                # Remembered too, else each request with such a cookie would be a question.
                session.user = None
            session.asked = began

    def began(self, token: str, user: User) -> None:
        """Note a sign-in that Cognito has just told, or raise ``RefusedError``."""
        self._known[token] = _Session(self._allowed(user), self._clock())

    async def end(self, client: Client, token: str) -> None:
        """Believe nothing of it from now on, and tell Cognito; raise ``UnknownError`` where that is not told."""
        session = self._of(token)
        # What has been asked meanwhile must not bring it back.
        async with session.alone:
            if not session.user and self._age(session) <= FRESH_SECONDS:
                return
            session.user, session.asked = None, self._clock()
            # Refused is what was over before.
            with suppress(RefusedError):
                await asyncio.to_thread(client.revoke, token)

    def _allowed(self, user: User) -> User:
        """Raise unless the page lets a user of the pool in."""
        if self._domains and user.email.lower().rpartition("@")[2] not in self._domains:
            raise RefusedError("this e-mail address is of no domain that is let in")
        return user

    def _of(self, token: str) -> _Session:
        if token not in self._known and len(self._known) >= FORGET_ABOVE:
            self._known.clear()
        return self._known.setdefault(token, _Session())

    def _age(self, session: _Session) -> float:
        return self._clock() - session.asked
