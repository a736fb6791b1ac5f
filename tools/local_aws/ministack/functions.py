"""How MiniStack runs a function: by which script, and what it says of a call."""

import threading
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# Whoever asks for a call's memory is on the thread that made the call.
_call = threading.local()


def begin_python_with(lines: str) -> None:
    """Run some lines in each process of a Python function before anything else."""
    of_runtime = lambda_runtime._detect_runtime_binary

    def with_lines(runtime: str) -> tuple[str, str]:
        binary, script = of_runtime(runtime)
        return binary, lines + script if runtime.startswith("python") else script

    lambda_runtime._detect_runtime_binary = with_lines


def limit_memory(peak_of: Callable[[int], int | None]) -> None:
    """Answer a call as AWS does if its process has needed more memory than the function has, and end the process.

    :param peak_of: tells the most megabytes that a process has ever held, or None where nobody knows.
    """
    invoke, execute, end = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm, lambda_runtime._signal

    def measure(process: Any) -> None:
        if process and process.poll() is None:
            _call.peak = peak_of(process.pid)

    def measured_end(process: Any) -> None:
        # A call that failed ends its process before we could look.
        measure(process)
        end(process)

    def measured_invoke(worker: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
        answer: dict[str, Any] = invoke(worker, *arguments, **named)
        measure(worker._proc)
        return answer

    def limited(function: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        _call.peak = None
        result: dict[str, Any] = execute(function, event, request_id)
        config = function.get("config") or function
        if (_call.peak or 0) <= config["MemorySize"]:
            return result
        account, region = lambda_runtime._account_region_from_function_config(config)
        lambda_runtime.invalidate_worker(config["FunctionName"], config["Version"], account, region)
        message = f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
        return {
            "body": {"errorType": "Runtime.ExitError", "errorMessage": message},
            "error": True,
            "log": "\n".join(filter(None, [result.get("log"), message, "Runtime.ExitError"])),
        }

    lambda_runtime._signal = measured_end
    lambda_runtime.Worker.invoke = measured_invoke
    lambda_svc._execute_function_warm = limited
    lambda_svc._probe_peak_memory_mb = lambda _function: _call.peak or 0
