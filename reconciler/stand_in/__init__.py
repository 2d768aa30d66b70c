"""Stand-in provider for the local tenant, used where the official plugin is not installed.

It behaves like the official plugin: the same refusals, the same requests, the same resulting objects.
"""

from reconciler.stand_in.service import StandIn, serving

__all__ = ["StandIn", "serving"]
