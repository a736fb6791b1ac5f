"""A secret is what its template says: its value's letters, and its ARN where the template refers to it."""

from local_aws.ministack import kept_secrets


def install() -> None:
    """Mend both."""
    kept_secrets.generate_as_told()
    kept_secrets.refer_by_arn()
