"""The handler's modules are imported flat, as Lambda does it."""

import sys
from pathlib import Path

FUNCTION_FOLDER = str(Path(__file__).parents[2] / "lambda_src" / "calculate_mean")
if FUNCTION_FOLDER not in sys.path:
    sys.path.append(FUNCTION_FOLDER)
