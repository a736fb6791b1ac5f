"""A Python function behind an HTTP API."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Stack

from data_compute import HttpTrigger, PythonFunction, acknowledge

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExampleHttpTrigger")

dice = PythonFunction(stack, "Dice", source=HERE / "function", handler="handler.lambda_handler")
api = HttpTrigger(stack, "Api", function=dice, routes=["GET /dice/{sides}"])

# cdk-nag asks who may call a route. Only you know whether everybody may: answer, or pass an authorizer.
for route in api.routes:
    acknowledge(route, "APIG4", "A roll of dice is no secret, and the throttle bounds what the calls cost.")

CfnOutput(stack, "Url", value=f"{api.url}/dice/6")
app.synth()
