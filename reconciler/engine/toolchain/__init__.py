"""Finds and installs the Pulumi CLI.

Importing this package is cheap: it loads no Pulumi module and starts no process.
"""

from reconciler.engine.toolchain.install import ensure
from reconciler.engine.toolchain.location import PINNED, find

__all__ = ["PINNED", "ensure", "find"]
