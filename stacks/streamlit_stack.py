"""The stack of the machine that serves the Streamlit app."""

from pathlib import Path
from typing import cast

from aws_cdk import Annotations, Aws, CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from data_compute import StreamlitServer
from data_compute.findings import acknowledge
from stacks.settings import WORLD, Settings, peers

APP = Path(__file__).parents[1] / "streamlit_src"

NOBODY_ALLOWED = """\
on AWS nobody can open the page yet, as web_from is empty. Open it with one of
  make deploy WEB_FROM=my-ip             (this laptop's address)
  make deploy WEB_FROM=203.0.113.7/32    (these addresses)
  make deploy WEB_FROM=world             (everybody)"""


class StreamlitStack(Stack):
    """The Streamlit page, which asks the API for its means."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, api_url: str) -> None:
        super().__init__(
            scope,
            construct_id,
            description="An EC2 instance that serves the Streamlit page (cdk-data-compute)",
            termination_protection=settings.termination_protection,
        )
        self.server = StreamlitServer(
            self,
            "Server",
            app=APP,
            entry_file="app.py",
            environment={"CALCULATE_MEAN_URL": api_url},
            port=settings.port,
            instance_type=ec2.InstanceType(settings.instance_type),
            public_key_material=settings.public_key,
            log_retention=settings.log_retention,
            generation=settings.generation,
        )
        self._open_doors(settings)
        self._define_outputs()

    def _open_doors(self, settings: Settings) -> None:
        for peer in peers(settings.web_from):
            self.server.allow_web_from(peer)
        for peer in peers(settings.ssh_from):
            self.server.allow_ssh_from(peer)
        if WORLD in settings.web_from:
            acknowledge(
                self.server.security_group,
                "EC23",
                "Whoever deployed said web_from=world: the page is for everybody, and only its port is open.",
            )
        if not settings.web_from:
            Annotations.of(self).add_warning_v2("cdk-data-compute:nobody-allowed", NOBODY_ALLOWED)

    def _define_outputs(self) -> None:
        server = self.server
        CfnOutput(self, "StreamlitUrl", value=server.url, description="The page")
        CfnOutput(self, "InstanceId", value=server.instance_id, description="The machine")
        # The server defined the pair itself, as this stack brought none.
        key_pair = cast(ec2.KeyPair, server.key_pair)
        CfnOutput(self, "KeyPairId", value=key_pair.key_pair_id, description="The key pair, for ssh")
        CfnOutput(
            self,
            "SessionCommand",
            value=f"aws ssm start-session --region {Aws.REGION} --target {server.instance_id}",
            description="Logs in by Session Manager, with no port open",
        )
