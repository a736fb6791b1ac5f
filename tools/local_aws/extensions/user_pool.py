"""A user pool's pages ask for what it says, in MiniStack's own style, and its client is known to a machine at once."""

from typing import Any

from local_aws.machines.machines import Machines
from local_aws.ministack import authenticator_apps, user_pools
from local_aws.ministack.resources import add_resource


def install(machines: Machines) -> None:
    """Mend what a page's sign-in needs."""
    add_resource(user_pools.BRANDING, create=_create, delete=lambda *_: None, update=_update)
    # On AWS the machine asks for its client every few seconds, until it is there.
    user_pools.after_client_changes(machines.run_jobs)
    user_pools.let_sign_ins_be_revoked()
    user_pools.sign_up_as_told()
    user_pools.know_capitals_as_told()
    authenticator_apps.ask_for_codes()


def _create(logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    return f"{props['UserPoolId']}|{logical_id}", {"ManagedLoginBrandingId": logical_id}


def _update(physical_id: str, _old: dict[str, Any], _new: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    return physical_id, {"ManagedLoginBrandingId": physical_id.rpartition("|")[2]}
