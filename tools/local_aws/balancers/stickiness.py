"""The cookie by which a visitor comes back to the same target.

As in the Application Load Balancer guide, "Sticky sessions": set anew with each answer, and once more with `SameSite`.
On AWS its value is encrypted.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.cookies import CookieError, SimpleCookie

NAMES = ("AWSALB", "AWSALBCORS")


def asked_for(cookie_header: str) -> str | None:
    """Read from a visitor's cookies which target they were with."""
    try:
        cookies = SimpleCookie(cookie_header)
        value = next(cookies[name].value for name in NAMES if name in cookies)
        return base64.urlsafe_b64decode(value).decode() or None
    except (StopIteration, CookieError, binascii.Error, UnicodeDecodeError):
        return None


def cookies_for(target: str, seconds: int) -> list[str]:
    """Write the cookies that keep a visitor with a target."""
    value = base64.urlsafe_b64encode(target.encode()).decode()
    expires = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    first, second = (f"{name}={value}; Expires={expires}; Path=/" for name in NAMES)
    return [first, f"{second}; SameSite=None"]
