"""The Pulumi program for a plain `pulumi up`: the stack's name is the environment's.

`reconciler up` runs the same program without this file.
"""

from pathlib import Path

import pulumi

from reconciler.plain_pulumi import standalone

standalone(Path(__file__).parent.parent / "definitions", pulumi.get_stack())
