"""A Streamlit page on a machine that runs from Monday to Friday, from eight to seven."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import OfficeHours, StreamlitServer

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExampleOfficeHours")

server = StreamlitServer(stack, "Server", app=HERE / "page", entry_file="app.py")

# Closed until you say to whom it opens: put your own address here, which `python -m ops my-ip` prints.
server.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))

OfficeHours(stack, "Hours", machine=server, start="08:00", stop="19:00", days="MON-FRI", timezone="Europe/Berlin")

CfnOutput(stack, "Url", value=server.url)
app.synth()
