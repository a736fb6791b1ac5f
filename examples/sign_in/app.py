"""A Streamlit page for who is invited: they sign in before they see it."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2

from data_compute import HttpsFront, SignIn, StreamlitServer

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExampleSignIn")

server = StreamlitServer(stack, "Server", app=HERE / "page", entry_file="app.py")
front = HttpsFront(stack, "Front", server=server)
sign_in = SignIn(stack, "SignIn", front=front)

# Closed until you say to whom it opens, at the edge: put your own address here, which `python -m ops my-ip` prints.
front.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))

CfnOutput(stack, "Url", value=front.url)
# aws cognito-idp admin-create-user --user-pool-id … --username ada@example.org
#     --user-attributes Name=email,Value=ada@example.org Name=email_verified,Value=true
CfnOutput(stack, "Users", value=sign_in.user_pool.user_pool_id)
app.synth()
