"""What a change of an app does to people and data: two synthesized assemblies compared, without an account."""
