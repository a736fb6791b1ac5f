"""The public address of this laptop, as AWS sees it."""

import http.client
import ipaddress
import urllib.error
import urllib.request

from ops.answers.errors import OpsError
from stacks.door_settings import MY_IP

CHECK_IP = "https://checkip.amazonaws.com"
TIMEOUT_SECONDS = 5
# More than the longest address; an answer may be a log-in page of any size.
LONGEST_ANSWER = 100
# All that IPv6 gives to single hosts of the internet.
UNICAST = ipaddress.IPv6Network("2000::/3")


class AddressUnknownError(OpsError):
    """Nobody could say what this laptop's public address is."""


def my_ip(url: str = CHECK_IP, timeout: float = TIMEOUT_SECONDS) -> str:
    """Ask what address this laptop's requests come from, as a CIDR of that one address."""
    try:
        with urllib.request.build_opener(_Straight).open(url, timeout=timeout) as response:
            answer = response.read(LONGEST_ANSWER).decode("ascii", "replace").removesuffix("\n").removesuffix("\r")
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise AddressUnknownError(
            f"could not ask {url} for this laptop's public address ({reason}): "
            "name the address yourself, such as 203.0.113.7/32"
        ) from None
    address = _public_address(answer)
    if not address:
        raise AddressUnknownError(
            f"{url} answered {answer!r}, which is no public address (a hotel's or a company's log-in page?): "
            "name the address yourself, such as 203.0.113.7/32"
        )
    # The network of one address: /32, or /128 for IPv6.
    return str(ipaddress.ip_network(address))


class _Straight(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: only the service itself may say who comes in, and only by https."""

    def redirect_request(self, *_: object) -> None:
        raise urllib.error.URLError("it sends us to another address")


def _public_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read the one address of one host on the internet; anything else could let in many."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address not in UNICAST):
        return None
    return address if address.is_global and not address.is_multicast else None


def replace_my_ip(sources: str, url: str = CHECK_IP) -> str:
    """Put this laptop's address where a comma-separated list says ``my-ip``; the rest passes unchanged."""
    parts = [part.strip() for part in sources.split(",")]
    if MY_IP not in parts:
        return sources
    address = my_ip(url)
    return ",".join(address if part == MY_IP else part for part in parts)
