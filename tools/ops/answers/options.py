"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Copy = Annotated[str, typer.Option("--copy", metavar="NAME", help="The copy of the app; the first is main.")]
Region = Annotated[str | None, typer.Option("--region", metavar="NAME", help="Default: AWS_REGION, or the profile's.")]
Profile = Annotated[str | None, typer.Option("--profile", metavar="NAME", help="Default: AWS_PROFILE.")]
Endpoint = Annotated[str | None, typer.Option("--endpoint-url", metavar="URL", help="Default: AWS_ENDPOINT_URL.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
OfStack = Annotated[
    str | None,
    typer.Option(
        "--stack", metavar="NAME", help="Of a stack of yours, by the outputs that ours have: FunctionName, ApiUrl …"
    ),
]
OfMachine = Annotated[
    str | None, typer.Option("--machine", metavar="ID", help="Which machine of a fleet; `status` lists them.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
Folder = Annotated[Path, typer.Option("--folder", metavar="FOLDER", help="Where the .pem file goes.")]
