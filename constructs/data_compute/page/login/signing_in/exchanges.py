"""Takes codes to Cognito, as anybody can have asked: a few at once, and never before who is signed in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from .user_pool import Client, UnknownError, User

THREADS, MOST = 2, 10


class Exchanges:
    """Those that are under way, in threads of their own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS)
        self._many = 0

    async def exchange(self, client: Client, code: str, verifier: str, nonce: str) -> tuple[str, User]:
        """Give the refresh token of a sign-in, and whose it is, or raise ``UnknownError`` where too many wait."""
        if self._many >= MOST:
            raise UnknownError(f"{MOST} people end a sign-in already")
        self._many += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, client.exchange, code, verifier, nonce)
        finally:
            self._many -= 1
