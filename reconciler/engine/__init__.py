"""The edge to Pulumi: the CLI and what is driven through it."""
