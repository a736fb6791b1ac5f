"""The handler's modules are imported flat, as Lambda does it."""

import sys
from pathlib import Path

for name in ("calculate_mean", "describe"):
    folder = str(Path(__file__).parents[2] / "lambda_src" / name)
    if folder not in sys.path:
        sys.path.append(folder)
