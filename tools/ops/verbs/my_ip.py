"""``my-ip``: the public address of this laptop."""

from ops.answers.options import Json
from ops.answers.output import say, say_json
from ops.answers.speaking import speaking
from ops.cloud.my_ip import my_ip as ask


@speaking
def my_ip(as_json: Json = False) -> None:
    """Print the public address of this laptop.

    As a CIDR, as `make deploy WEB_FROM=my-ip` uses it.
    """
    address = ask()
    if as_json:
        say_json({"cidr": address})
    else:
        say(address)
