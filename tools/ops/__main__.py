"""The command line: ``python -m ops``."""

from collections.abc import Callable
from typing import Any

import typer

from ops.answers.speaking import speaking
from ops.answers.spelling import OPS
from ops.verbs.all_copies import all_copies
from ops.verbs.cost import cost
from ops.verbs.deploy import deploy
from ops.verbs.destroy import destroy
from ops.verbs.doctor import doctor
from ops.verbs.invoke import invoke
from ops.verbs.key import key
from ops.verbs.logs import logs
from ops.verbs.my_ip import my_ip
from ops.verbs.power import reboot, start, stop
from ops.verbs.session import session, tunnel
from ops.verbs.ssh import ssh
from ops.verbs.status import status
from ops.verbs.terminate import terminate
from ops.verbs.url import open_page, url
from ops.verbs.users import users

app = typer.Typer(
    name=OPS,
    help="Operate what is deployed, from the laptop. Works the same against AWS and against `make up`.",
    no_args_is_help=True,
    add_completion=False,
    # Plain help reads the same in a terminal, a pipe and docs/ops.md, and needs no rich.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
CONTEXT_SETTINGS = {
    # The first word that is no option of ours begins the command to run; all after it is that command's own.
    deploy: {"allow_interspersed_args": False},
    # A negative number is no option.
    invoke: {"ignore_unknown_options": True},
}
# In the order of the help.
VERBS = (
    *(deploy, status, url, open_page),
    *(start, stop, reboot, terminate, destroy),
    *(key, ssh, session, tunnel, my_ip),
    *(invoke, logs, cost, doctor),
)


# Where Python has the word for itself.
TYPED: dict[Callable[..., Any], str] = {open_page: "open"}

for command in VERBS:
    name = TYPED.get(command, command.__name__.replace("_", "-"))
    app.command(name, context_settings=CONTEXT_SETTINGS.get(command))(command)
app.add_typer(users, name="users")
app.add_typer(all_copies, name="class")

if __name__ == "__main__":
    # Also where only help is printed, such as onto a full disk.
    speaking(app)(prog_name=OPS)
