"""Secrets Manager's secrets, as CloudFormation makes them."""

import json
from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

RESOURCE_TYPE = "AWS::SecretsManager::Secret"

_declared = provisioners._sm_secret_string


def generate_as_told() -> None:
    """Generate a value as its template says: MiniStack looks at its length and at letters to leave out."""

    def secret_string(props: dict[str, Any]) -> str:
        told = dict(props.get("GenerateSecretString") or {})
        if not told or props.get("SecretString"):
            return str(_declared(props))
        template, key = told.pop("SecretStringTemplate", None), told.pop("GenerateStringKey", None)
        status, _, body = secretsmanager._get_random_password(told)
        answer = json.loads(body)
        if status != 200:
            raise ValueError(answer.get("message") or answer.get("Message") or answer)
        value = answer["RandomPassword"]
        return json.dumps({**json.loads(template), key: value}) if template else str(value)

    provisioners._sm_secret_string = secret_string


def refer_by_arn() -> None:
    """Let `Ref` be a secret's ARN, as on AWS: MiniStack's is its name, which no policy's resource is."""
    handlers = provisioners._RESOURCE_HANDLERS[RESOURCE_TYPE]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def created(*given: Any) -> Any:
        _, attributes = create(*given)
        return attributes["Arn"], attributes

    def updated(arn: str, *given: Any) -> Any:
        _, attributes = update(_name(arn), *given)
        return attributes["Arn"], attributes

    def deleted(arn: str, *given: Any) -> None:
        delete(_name(arn), *given)

    handlers |= {"create": created, "update": updated, "delete": deleted}


def _name(arn: str) -> str:
    """Take the name out: six letters of chance stand behind it."""
    return arn.rpartition(":secret:")[2].rpartition("-")[0]
