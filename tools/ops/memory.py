"""Writing down what a copy was told, once it is deployed so."""

from collections.abc import Mapping

from ops.errors import OpsError
from ops.output import note
from stacks.copies import copies_folder, read_copy, write_copy
from stacks.setting import CHECKOUT, SettingsError


def remember(copy: str, words: Mapping[str, str]) -> None:
    """Add what was typed now to the copy's file; no text forgets what was told before."""
    # Which copy it is, is the file's name.
    words = {name: text for name, text in words.items() if name != "copy"}
    if not words:
        return
    folder = copies_folder()
    try:
        # Read again: a deploy takes minutes.
        told = {**read_copy(folder, copy), **words}
        file = write_copy(folder, copy, {name: text for name, text in told.items() if text})
    except (OSError, SettingsError) as error:
        raise OpsError(
            f"the deploy has succeeded, but {_in_words(words)} could not be written down ({error}), so the next one "
            "would not know it: mend that, then deploy once more"
        ) from None
    if file:
        shown = file.relative_to(CHECKOUT) if file.is_relative_to(CHECKOUT) else file
        note(f"{shown}: {_in_words(words)}; commit it")


def _in_words(words: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={text}" if text else f"{name} is the default again" for name, text in words.items())
