"""The public address of this laptop, as AWS sees it."""

import http.client
import ipaddress
import sys
import urllib.request

from ops.errors import OpsError

CHECK_IP = "https://checkip.amazonaws.com"
TIMEOUT_SECONDS = 5


class AddressUnknownError(OpsError):
    """Nobody could say what this laptop's public address is."""


def my_ip(url: str = CHECK_IP, timeout: float = TIMEOUT_SECONDS) -> str:
    """Ask what address this laptop's requests come from, as a CIDR of that one address."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:  # noqa: S310 - our own https address
            answer = response.read(100).decode("ascii", "replace").strip()
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise AddressUnknownError(
            f"could not ask {url} for this laptop's public address ({reason}): "
            "name the address yourself, such as 203.0.113.7/32"
        ) from None
    try:
        # The network of one address: /32, or /128 for IPv6.
        return str(ipaddress.ip_network(answer))
    except ValueError:
        raise AddressUnknownError(
            f"{url} answered {answer!r}, which is no address (a hotel's or a company's log-in page?): "
            "name the address yourself, such as 203.0.113.7/32"
        ) from None


def replace_my_ip(sources: str, url: str = CHECK_IP) -> str:
    """Put this laptop's address where a comma-separated list says ``my-ip``; the rest passes unchanged."""
    parts = [part.strip() for part in sources.split(",")]
    if "my-ip" not in parts:
        return sources
    address = my_ip(url)
    return ",".join(address if part == "my-ip" else part for part in parts)


def main(arguments: list[str]) -> int:
    """Print the one argument with ``my-ip`` replaced; this is what ``make deploy WEB_FROM=my-ip`` runs."""
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        print("usage: python -m ops.my_ip SOURCES    such as my-ip,203.0.113.7/32", file=sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        print(replace_my_ip(arguments[0], CHECK_IP))
    except AddressUnknownError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
