"""The Pulumi CLI that the reconciler drives: where it is, and how it comes onto a machine.

Importing this package costs nothing: no Pulumi module is loaded, no process started.
"""

from reconciler.engine.toolchain.install import ensure
from reconciler.engine.toolchain.location import PINNED, find

__all__ = ["PINNED", "ensure", "find"]
