"""Whether the app may act as the machine's role: known only when nobody can grant anything any more."""

import jsii
from aws_cdk import IResolveContext, IStringProducer, Lazy


@jsii.implements(IStringProducer)
class RoleUse:
    """``yes`` as soon as somebody has granted the server a right or said that the app has some; else ``no``."""

    def __init__(self, allowed: bool) -> None:
        self.allowed = allowed
        # Uncached: the check of the user data's size asks before the caller could grant anything.
        self.word = Lazy.uncached_string(self)

    def produce(self, _context: IResolveContext) -> str:
        """Tell at synthesis."""
        return "yes" if self.allowed else "no"
