"""A secret whose value Secrets Manager makes, so that no template and no person ever holds it."""

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from data_compute.findings import acknowledge


def define_generated_secret(
    scope: Construct, construct_id: str, *, description: str, rotation: str
) -> secretsmanager.Secret:
    """Define it.

    :param rotation: why nothing rotates it, and what a person does who wants another value.
    """
    secret = secretsmanager.Secret(
        scope,
        construct_id,
        description=description,
        generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
    )
    acknowledge(secret, "SMG4", rotation)
    acknowledge(secret, "SecretsManagerRotationEnabled", rotation)
    acknowledge(
        secret,
        "SecretsManagerUsingKMSKey",
        "Secrets Manager encrypts it by AWS's own key, and its rights say who reads it; a key of one's own costs "
        "more than the secret.",
    )
    return secret
