"""What never leaves the laptop with a folder of sources, so that the same sources give the same asset anywhere."""

from collections.abc import Sequence

NEVER_DEPLOYED: Sequence[str] = (
    "**/__pycache__",
    "**/*.py[cod]",
    "**/tests",
    "**/test_*.py",
    "**/*_test.py",
    "**/conftest.py",
    "**/.DS_Store",
    "**/.env",
    "**/.git",
    "**/.gitignore",
    "**/.hypothesis",
    "**/.idea",
    "**/.ipynb_checkpoints",
    "**/.mypy_cache",
    "**/.pytest_cache",
    "**/.ruff_cache",
    "**/.streamlit/secrets.toml",
    "**/.venv",
    "**/.vscode",
    "**/*~",
    "**/*.sw[op]",
    "**/#*#",
)
