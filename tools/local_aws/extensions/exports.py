"""An export that another stack imports can neither change nor go: MiniStack sees to that at a stack's delete alone."""

from local_aws.ministack import stacks


def install() -> None:
    """Let an update fail where it fails on AWS: once its resources are made."""
    stacks.before_exports_change(_protect)


def _protect(stack_id: str, exports: dict[str, str]) -> None:
    before = stacks.exports(stack_id)
    for name, value in before.items():
        if exports.get(name) != value and (users := stacks.importing(name)):
            change = "updated" if name in exports else "deleted"
            raise ValueError(f"Export {name} cannot be {change} as it is in use by {', '.join(users)}")
    # MiniStack would go on listing it.
    for name in before.keys() - exports.keys():
        stacks.end_export(name)
