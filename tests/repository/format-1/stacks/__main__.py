"""The program of a plain `pulumi up`. The stack has the name of the environment.

`reconciler up` runs the same program without this file.
"""

from pathlib import Path

import pulumi

from reconciler.plain_pulumi import standalone

standalone(Path(__file__).parent.parent / "definitions", pulumi.get_stack())
