"""The guards, one module each."""
