"""Cognito's user pools, as far as MiniStack's differ from AWS's."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.services import cognito

from local_aws.ministack.resources import let_wait, wrap_result

CLIENT = "AWS::Cognito::UserPoolClient"
BRANDING = "AWS::Cognito::ManagedLoginBranding"


def after_client_changes(ours: Callable[[], None]) -> None:
    """Do something, which may wait, once a client has been made or changed."""
    wrap_result(CLIENT, lambda _client, _properties: ours())
    let_wait(CLIENT)


def let_sign_ins_be_revoked() -> None:
    """Answer at /oauth2/revoke, which MiniStack knows as a call of its API alone."""
    theirs = app._handle_cognito_body_request

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Any:
        if (method, path) != ("POST", "/oauth2/revoke"):
            return await theirs(method, path, headers, body, query)
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        client_id, secret = cognito._authenticate_client(headers, form)
        client = cognito._find_pool_by_client_id(client_id)[2]
        if not client or (client.get("ClientSecret") or "") != secret:
            return cognito._oauth2_error("invalid_client", "Invalid client credentials.")
        cognito._revoke_token({"Token": form.get("token", "")})
        return 200, {}, b""

    app._handle_cognito_body_request = handle


def sign_up_as_told() -> None:
    """Let nobody sign up where only invited people may; whose code has come by e-mail has that address."""
    sign_up, confirm = cognito._sign_up, cognito._confirm_sign_up

    def sign_up_if_told(data: dict[str, Any]) -> Any:
        pool = cognito._pool_for_client(data.get("ClientId"))[0]
        if pool and pool["AdminCreateUserConfig"].get("AllowAdminCreateUserOnly"):
            refusal = "SignUp is not permitted for this user pool"
            return cognito.error_response_json("NotAuthorizedException", refusal, 400)
        return sign_up(data)

    def confirm_address(data: dict[str, Any]) -> Any:
        answer = confirm(data)
        pool = cognito._pool_for_client(data.get("ClientId"))[0]
        if answer[0] == 200 and "email" in pool["AutoVerifiedAttributes"]:
            user = cognito._resolve_user(pool, data["Username"])[0]
            verified = [{"Name": "email_verified", "Value": "true"}]
            user["Attributes"] = cognito._merge_attributes(user["Attributes"], verified)
        return answer

    cognito._sign_up, cognito._confirm_sign_up = sign_up_if_told, confirm_address


def know_capitals_as_told() -> None:
    """Let a user be the same however their name or address is written, where the pool says so."""
    exactly = cognito._resolve_user

    def resolve(pool: dict[str, Any], username: str | None) -> Any:
        found = exactly(pool, username)
        if found[0] or not username or pool.get("UsernameConfiguration", {}).get("CaseSensitive") is not False:
            return found
        for user in pool["_users"].values():
            for name in (user["Username"], *(one["Value"] for one in user["Attributes"])):
                # MiniStack says which of these are names at all.
                if name.casefold() == username.casefold() and exactly(pool, name)[0]:
                    return user, None
        return found

    cognito._resolve_user = resolve
