"""What never leaves the laptop with a folder of sources, so that the same sources give the same asset anywhere."""

from collections.abc import Sequence

# As in a .gitignore, so at any depth: with IgnoreMode.GLOB a * would leave out names that begin with a dot.
NEVER_DEPLOYED: Sequence[str] = (
    "__pycache__",
    "*.py[cod]",
    "tests",
    "test_*.py",
    "*_test.py",
    "conftest.py",
    ".DS_Store",
    ".env",
    ".env.*",
    ".git",
    ".gitignore",
    ".hypothesis",
    ".idea",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "**/.streamlit/secrets.toml",
    ".venv",
    "venv",
    ".vscode",
    "*~",
    "*.sw[op]",
    "\\#*#",
)
