"""The stacks of this app, and the settings that shape them."""
