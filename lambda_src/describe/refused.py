"""Why a table is not described, in the words that the caller reads."""


class Refused(Exception):  # noqa: N818 - it is an answer, not an error of this program
    """An answer in the 400s, which says what to send."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_utf_8() -> Refused:
    """Refuse a table whose letters nobody can tell."""
    return Refused(400, "invalid_encoding", "the table is not UTF-8: send CSV in UTF-8")
