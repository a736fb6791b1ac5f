"""What every stack of a copy is: named, tagged and protected by its settings, and it says what it was told."""

import json

from aws_cdk import CfnOutput, Stack, Tags
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks import outputs
from stacks.copy_settings import RETENTION, CopySettings
from stacks.lab import import_role, refuse_other_regions
from stacks.lab_synthesizer import LabSynthesizer
from stacks.registry import ALL_STACKS, PROJECT


class CopyStack(Stack):
    """One stack of a copy."""

    def __init__(self, scope: Construct, name: str, *, settings: CopySettings, description: str) -> None:
        if name not in ALL_STACKS:
            # Else status, deploy and destroy would not know of it.
            raise ValueError(
                f"stack {name} is not registered: name it with its settings in ALL_STACKS, stacks/registry.py; "
                f"there are {', '.join(ALL_STACKS)}"
            )
        super().__init__(
            scope,
            settings.named(name),
            description=f"{description} ({PROJECT})",
            termination_protection=settings.termination_protection,
            synthesizer=LabSynthesizer() if settings.in_lab else None,
        )
        self.log_retention = logs.RetentionDays[RETENTION[settings.log_retention_days]]
        # As whom all in the stack acts; None where each thing has a role of its own.
        self.role = import_role(self) if settings.in_lab else None
        if settings.in_lab:
            refuse_other_regions(self)
        # All constant for a stack's life: another tag of the stack itself would be a change of everything in it.
        for key, value in (("project", PROJECT), ("copy", settings.copy), ("stack", self.stack_name)):
            Tags.of(self).add(key, value)
            # Feature flag explicitStackTags: the stack itself is tagged only when told.
            self.tags.set_tag(key, value)
        CfnOutput(
            self,
            outputs.TOLD,
            value=json.dumps(settings.told, sort_keys=True),
            description="What this stack was told to be, beyond the defaults",
        )
