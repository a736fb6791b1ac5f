"""Asking a URL of this laptop."""

import urllib.error
import urllib.request


def ask(url: str, timeout: float = 90.0) -> tuple[int, str]:
    """Ask for the status and the text; a status of 0 says that nobody is there, and the text why."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - our own http addresses
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)
