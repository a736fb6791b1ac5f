"""IAM is enforced, and each decision is kept: who may do what, and what is granted for nothing."""

from facts.schemas import handler_permissions
from local_aws.decisions import Decision, Record
from local_aws.environment import PERSON
from local_aws.ministack import rights, service_calls, service_role

LOG_RIGHTS = ("logs:CreateLogStream", "logs:PutLogEvents")


def install(record: Record) -> None:
    """Decide by the policies, and keep what was decided."""

    def keep(who: str, action: str, resource: str, allowed: bool) -> None:
        record.keep(Decision(who, action, resource, allowed))

    def may_write(role: str, function: str, stream: str) -> bool:
        allowed = True
        for action in LOG_RIGHTS:
            who, may = service_calls.decide(role, function, action, stream)
            keep(who, action, stream, may)
            allowed &= may
        return allowed

    rights.decide_as_on_aws()
    rights.name_what_denies()
    rights.tell(keep)
    service_calls.around_function_logs(may_write)
    service_calls.around_api_calls(keep)

    def may_make(who: str, action: str) -> bool:
        session = service_role.session_of(who)
        allowed = service_role.allows(session, action)
        keep(session, action, "*", allowed)
        return allowed

    service_role.install(handler_permissions, may_make)


def add_person() -> None:
    """Let the person in: with all rights, as whoever deploys into an account of theirs."""
    rights.add_person("person", rights.Key(PERSON, PERSON))
