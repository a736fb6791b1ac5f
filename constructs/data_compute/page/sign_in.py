"""A sign-in before a page that is at an HTTPS address."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Aws, Duration, Fn, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from constructs import Construct

from data_compute.arguments import check_kind, check_list
from data_compute.findings import acknowledge
from data_compute.machine.boot_part import BootPart
from data_compute.page.checks import LEAST_TO_SIGN_IN, check_email_domains, check_streamlit
from data_compute.page.https_front import HttpsFront
from data_compute.page.streamlit_machines import SERVICE

# Where Cognito sends people back to, and login/signing_in waits for them.
CALLBACK = "/oauth2callback"


class SignIn(Construct):
    """A sign-in that a page asks for before anything of the app runs, by a Cognito user pool and its own login page.

    Nothing of the app changes: every page, the WebSocket, uploads, media and the app's static files are for who is
    signed in, and ``st.user.email`` and ``st.user.sub`` say who that is. The app calls no ``st.login()``, which wants a
    provider of its own; ``st.logout()``, or the path ``/auth/logout``, signs out::

        front = HttpsFront(self, "Front", server=server)
        sign_in = SignIn(self, "SignIn", front=front)
        CfnOutput(self, "Users", value=sign_in.user_pool.user_pool_id)

    Closed by default: nobody has an account until you make one, of which Cognito tells the person by e-mail, with a
    password that the first sign-in replaces. A sign-in lasts a day, over reloads and a replaced machine. Whoever is
    removed, disabled or signed out in the pool is out within five minutes, open pages included. The client's secret is
    in no template, user data, log or output: root on the machine fetches it, and the page's server reads it.
    The users go with the stack. Whoever comes from the machine itself needs no sign-in, and is nobody: by Session
    Manager, and when the boot opens each page, ``st.user.email`` is ``None``, which the app must take.

    :param front: before the page. An app that keeps to a Streamlit before 1.61, which tells no visitor's session from
        another's, is refused.
    :param self_sign_up: let anybody make an account of their own, after a code that Cognito sends by e-mail.
    :param email_domains: let in only users whose e-mail address is of these, such as ``["example.org"]``. With
        ``self_sign_up`` others can make an account all the same, which opens nothing.
    :param authenticator_app: ask each sign-in for the code of an authenticator app as well, which people set up at
        their first. Default: a password alone.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        front: HttpsFront,
        self_sign_up: bool = False,
        email_domains: Sequence[str] = (),
        authenticator_app: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        check_kind("front", front, HttpsFront, "the HttpsFront before the page: people sign in by HTTPS alone")
        check_streamlit(front.server.template.requirements, LEAST_TO_SIGN_IN, lacks="may take one visitor for another")
        check_list("email_domains", email_domains)
        check_email_domains(email_domains)

        self.user_pool = _define_pool(self, "UserPool", self_sign_up=self_sign_up, authenticator_app=authenticator_app)
        self.domain = self.user_pool.add_domain(
            "Domain",
            # One of a region's is its own; this stack's number makes it so, as no name could.
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"page-{self.node.addr[-8:]}-{_stack_number()}"),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        front.server.template.add_boot_part(_login(self.user_pool, self.domain, email_domains))
        self.client = _define_client(self.user_pool, front.url)
        # Without a style, even Cognito's own, there is no page.
        cognito.CfnManagedLoginBranding(
            self,
            "LoginPage",
            user_pool_id=self.user_pool.user_pool_id,
            client_id=self.client.user_pool_client_id,
            use_cognito_provided_values=True,
        )


def _define_pool(
    scope: Construct, construct_id: str, *, self_sign_up: bool, authenticator_app: bool
) -> cognito.UserPool:
    pool = cognito.UserPool(
        scope,
        construct_id,
        sign_in_aliases=cognito.SignInAliases(email=True),
        sign_in_case_sensitive=False,
        self_sign_up_enabled=self_sign_up,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        standard_attributes=cognito.StandardAttributes(email=cognito.StandardAttribute(required=True)),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        password_policy=cognito.PasswordPolicy(
            min_length=12,
            require_digits=True,
            require_lowercase=True,
            require_uppercase=True,
            require_symbols=True,
            temp_password_validity=Duration.days(3),
        ),
        mfa=cognito.Mfa.REQUIRED if authenticator_app else cognito.Mfa.OFF,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False) if authenticator_app else None,
        feature_plan=cognito.FeaturePlan.ESSENTIALS,
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(
        pool,
        "COG8",
        "The plan that looks for odd sign-ins costs for each user; who comes is invited, unless the caller opens it.",
    )
    if not authenticator_app:
        acknowledge(
            pool,
            "COG2",
            "Whether a password is enough is for the caller to say, whose argument authenticator_app ends that.",
        )
    return pool


def _define_client(pool: cognito.UserPool, url: str) -> cognito.UserPoolClient:
    client = pool.add_client(
        "Client",
        # By which login/fetch_client.sh knows it.
        user_pool_client_name="page",
        generate_secret=True,
        o_auth=cognito.OAuthSettings(
            flows=cognito.OAuthFlows(authorization_code_grant=True),
            # No right to change anything of the account.
            scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
            callback_urls=[f"{url}{CALLBACK}"],
            logout_urls=[f"{url}/"],
        ),
        supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
        prevent_user_existence_errors=True,
        enable_token_revocation=True,
        refresh_token_validity=Duration.days(1),
        access_token_validity=Duration.minutes(5),
        id_token_validity=Duration.minutes(5),
    )
    # By Cognito's own pages alone: no password is tried by its API.
    cast(cognito.CfnUserPoolClient, client.node.default_child).explicit_auth_flows = ["ALLOW_REFRESH_TOKEN_AUTH"]
    return client


def _stack_number() -> str:
    """Give what is this stack's alone for its whole life: the end of the number in its ARN."""
    return Fn.select(4, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))


def _login(pool: cognito.UserPool, domain: cognito.UserPoolDomain, email_domains: Sequence[str]) -> BootPart:
    return BootPart(
        name="login",
        files=SERVICE.with_name("login"),
        settings={
            "USER_POOL": pool.user_pool_id,
            "SIGN_IN_PAGES": domain.base_url(),
            "SIGN_IN_STREAMLIT": LEAST_TO_SIGN_IN,
            "SIGN_IN_DOMAINS": " ".join(email_domains).lower(),
        },
        rights=[
            iam.PolicyStatement(
                sid="KnowTheUserPool",
                actions=["cognito-idp:ListUserPoolClients", "cognito-idp:DescribeUserPoolClient"],
                resources=[pool.user_pool_arn],
            )
        ],
    )
