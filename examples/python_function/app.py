"""A Python function, to be invoked by name."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, Stack

from data_compute import PythonFunction

HERE = Path(__file__).parent

app = App()
stack = Stack(app, "ExamplePythonFunction")

words = PythonFunction(
    stack,
    "Words",
    source=HERE / "function",
    handler="handler.lambda_handler",
    timeout=Duration.minutes(1),
    environment={"SHORTEST": "4"},
)

# Nobody may invoke it until you grant that, such as words.lambda_function.grant_invoke(role); you yourself may.
CfnOutput(stack, "FunctionName", value=words.lambda_function.function_name)
app.synth()
