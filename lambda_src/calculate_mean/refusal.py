"""Why a request gets no mean, in the words that the caller reads."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of this program
    """An answer in the 400s. The message names the position and says what to send; it never echoes the input."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad_event() -> Refusal:
    """Refuse an event of a shape that the function does not know."""
    return Refusal(400, "bad_event", 'the function does not know this kind of event: send {"nums": [1, 2, 3]}')


def missing() -> Refusal:
    """Refuse a request that names no numbers."""
    return Refusal(400, "missing", 'nums is missing: send ?nums=1,2,3 or a JSON body such as {"nums": [1, 2, 3]}')
