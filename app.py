"""Settings in, templates out. Synthesis asks nobody: no AWS call, no git, no clock, no network."""

import os
import sys

import cdk_nag
from aws_cdk import App, Validations

from stacks.application import default_context, define_stacks

# An open finding of any of these fails the synthesis.
PACKS = (
    cdk_nag.AwsSolutionsChecks,
    cdk_nag.HIPAASecurityChecks,
    cdk_nag.NIST80053R4Checks,
    cdk_nag.NIST80053R5Checks,
    cdk_nag.PCIDSS321Checks,
    cdk_nag.ServerlessChecks,
)


def main() -> None:
    """Synthesize into the folder that the CDK command line names, or into cdk.out."""
    app = App(context=default_context(), outdir=os.environ.get("CDK_OUTDIR", "cdk.out"))
    Validations.of(app).add_plugins(*(pack(app) for pack in PACKS))
    try:
        define_stacks(app)
    except ValueError as error:
        sys.exit(f"error: {error}")
    app.synth()


if __name__ == "__main__":
    main()
