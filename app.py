"""Settings in, templates out. Synthesis asks nobody: no AWS call, no git, no clock, no network."""

# ruff: noqa: E402 - nobody looks for garbage before all is imported
import gc
import os
import sys

# Hardly anything of the CDK's modules is garbage, and looking for it takes a sixth of a synthesis.
gc.disable()

from aws_cdk import App

from stacks.application import attach_packs, default_context, define_stacks
from stacks.copies import copies_folder


def main() -> None:
    """Synthesize into the folder that the CDK command line names, or into cdk.out."""
    gc.freeze()
    gc.enable()
    app = App(context=default_context(), outdir=os.environ.get("CDK_OUTDIR", "cdk.out"))
    attach_packs(app)
    try:
        define_stacks(app, copies_folder())
    except ValueError as error:
        sys.exit(f"error: {error}")
    app.synth()


if __name__ == "__main__":
    main()
