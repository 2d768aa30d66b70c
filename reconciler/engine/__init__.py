"""Everything that runs the Pulumi CLI or reads its state."""
