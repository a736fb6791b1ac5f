"""A sign-in is closed by default, tells its secret to nobody, and leaves the front as it is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack

from data_compute import HttpsFront, SignIn
from data_compute.page.sign_in import CALLBACK
from data_compute.page.streamlit_machines import SERVICE
from tests.constructs.servers import DefineServer
from tests.templates import Json, properties, rendered, resources, statements, synthesized, user_data

POOL, CLIENT, DOMAIN = (f"AWS::Cognito::{name}" for name in ("UserPool", "UserPoolClient", "UserPoolDomain"))


def template_of(define: DefineServer, **options: Any) -> Json:
    stack = Stack.of(server := define())
    SignIn(stack, "SignIn", front=HttpsFront(stack, "Front", server=server), **options)
    return synthesized(stack)


@pytest.fixture(scope="module")
def template(define: DefineServer) -> Json:
    return template_of(define)


def test_only_who_is_invited_has_an_account(template: Json) -> None:
    pool = properties(template, POOL)
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert (pool["UsernameAttributes"], pool["UsernameConfiguration"]) == (["email"], {"CaseSensitive": False})
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy.pop("TemporaryPasswordValidityDays") == 3
    assert policy.pop("MinimumLength") == 12
    assert set(policy.values()) == {True}
    assert pool["MfaConfiguration"] == "OFF"


def test_the_client_takes_codes_and_gives_no_right_over_an_account(template: Json) -> None:
    client = properties(template, CLIENT)
    assert client["GenerateSecret"] is True
    # As root asks for it.
    assert f"[?ClientName=='{client['ClientName']}']" in (SERVICE.with_name("login") / "fetch_client.sh").read_text()
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["AllowedOAuthScopes"] == ["openid", "email"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert (client["EnableTokenRevocation"], client["PreventUserExistenceErrors"]) == (True, "ENABLED")
    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"]["RefreshToken"]) == (1440, "minutes")
    [callback], [signed_out] = client["CallbackURLs"], client["LogoutURLs"]
    assert rendered(callback).endswith(".DomainName}/oauth2callback")
    assert rendered(signed_out).endswith(".DomainName}/")


def test_the_callback_is_where_the_page_waits_for_it() -> None:
    page = (SERVICE.with_name("login") / "signing_in" / "__init__.py").read_text()
    assert f'CALLBACK = "/auth/login", "/auth/logout", "{CALLBACK}"' in page


def test_no_secret_is_in_the_template(template: Json) -> None:
    assert "ClientSecret" not in json.dumps(template)
    # And nothing of it is known at the boot, which is before it.
    [client] = resources(template, CLIENT)
    assert client not in user_data(template)


def test_the_machine_may_look_at_this_one_pool(template: Json) -> None:
    [pool] = resources(template, POOL)
    [reading] = [found for found in statements(template) if found.get("Sid") == "KnowTheUserPool"]
    assert reading["Action"] == ["cognito-idp:DescribeUserPoolClient", "cognito-idp:ListUserPoolClients"]
    assert reading["Resource"] == {"Fn::GetAtt": [pool, "Arn"]}
    text = user_data(template)
    assert f"USER_POOL='${{{pool}}}'\n" in text
    # The app still reaches no role.
    assert "APP_USES_ROLE=no\n" in text


def test_its_pages_have_a_name_of_this_stack_alone(template: Json) -> None:
    prefix = properties(template, DOMAIN)["Domain"]
    assert re.fullmatch(r"page-[0-9a-f]{8}-", prefix["Fn::Join"][1][0])
    assert "AWS::StackId" in json.dumps(prefix)
    assert properties(template, DOMAIN)["ManagedLoginVersion"] == 2
    assert properties(template, "AWS::Cognito::ManagedLoginBranding")["UseCognitoProvidedValues"] is True


def test_what_a_caller_may_open_and_close(define: DefineServer) -> None:
    template = template_of(
        define, self_sign_up=True, email_domains=["Example.org", "b.example"], authenticator_app=True
    )
    pool = properties(template, POOL)
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    assert "SIGN_IN_DOMAINS='example.org b.example'\n" in user_data(template)


@pytest.mark.parametrize("domain", ["@example.org", "example", "a b.example", "https://example.org"])
def test_what_is_no_domain_is_refused(define: DefineServer, domain: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"email_domains has {domain!r}: name what stands behind the @")):
        template_of(define, email_domains=[domain])


def test_domains_are_a_list(define: DefineServer) -> None:
    with pytest.raises(ValueError, match=re.escape("email_domains is 'example.org': pass a list")):
        template_of(define, email_domains="example.org")


def test_a_streamlit_that_takes_one_visitor_for_another_is_refused(define: DefineServer, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import streamlit\n")
    (tmp_path / "requirements.txt").write_text("streamlit==1.60.0\n")
    stack = Stack.of(server := define(app=tmp_path))
    front = HttpsFront(stack, "Front", server=server)
    with pytest.raises(
        ValueError, match=r"1\.60\.0, which may take one visitor for another: let requirements.txt say streamlit>=1\.61"
    ):
        SignIn(stack, "SignIn", front=front)


def test_a_front_is_needed(define: DefineServer) -> None:
    with pytest.raises(ValueError, match="pass the HttpsFront before the page"):
        SignIn(Stack.of(server := define()), "SignIn", front=server)  # type: ignore[arg-type]
