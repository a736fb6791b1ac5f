"""What a person tells a copy to be: what is typed, what is remembered, what a deploy would undo."""
