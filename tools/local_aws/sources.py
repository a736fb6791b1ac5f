"""Which folders run in what is deployed: the library notes them in the CDK's assembly, a good deploy keeps them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local_aws.state import State, read_json, write_json
from stacks.setting import CHECKOUT

# The types of metadata: the library's own (data_compute/source_files.py), and the CDK's.
SOURCE = "data-compute:source"
WITH_PACKAGES = "data-compute:packages"
LOGICAL_ID = "aws:cdk:logicalId"


@dataclass(frozen=True)
class Source:
    """A folder, and the resource that runs it."""

    stack: str
    logical_id: str
    # As noted: relative to the checkout, where the app is synthesized.
    path: str
    # Whether more than the folder's own files runs: a function's packages, which only a synthesis packs.
    with_packages: bool = False

    @property
    def folder(self) -> Path:
        """Where the folder is."""
        return (CHECKOUT / self.path).resolve()


def in_assembly(assembly: Path) -> Iterator[Source]:
    """List the sources of what was synthesized."""
    for stack, artifact in read_json(assembly / "manifest.json")["artifacts"].items():
        if artifact["type"] != "aws:cloudformation:stack" or "additionalMetadataFile" not in artifact:
            continue
        for entries in read_json(assembly / artifact["additionalMetadataFile"]).values():
            noted = {entry["type"]: entry.get("data") for entry in entries}
            if SOURCE in noted:
                name = artifact.get("properties", {}).get("stackName", stack)
                yield Source(name, noted[LOGICAL_ID], noted[SOURCE], WITH_PACKAGES in noted)


def keep(state: State, copy: str, sources: Iterable[Source]) -> None:
    """Keep what a good deploy of a copy has brought."""
    state.deployments.mkdir(exist_ok=True)
    write_json(state.deployment(copy), [vars(source) for source in sources])


def copies_up(state: State) -> list[str]:
    """List the copies that are up: of which a deploy went well."""
    return sorted(path.stem for path in state.deployments.glob("*.json"))


def deployed(state: State, copy: str) -> list[Source]:
    """List the sources of a copy's last good deploy; none where there was none."""
    return [Source(**one) for one in read_json(state.deployment(copy)) or ()]
