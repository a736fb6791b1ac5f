"""A REST API's mock answers with what its template says, be it a page."""

from local_aws.ministack import apis


def install() -> None:
    """Mend it."""
    apis.answer_mocks_by_any_template()
