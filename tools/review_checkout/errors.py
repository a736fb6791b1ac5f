"""What a person can mend."""


class CheckoutError(Exception):
    """The two sides cannot be synthesized; the message says why, and what to do."""
