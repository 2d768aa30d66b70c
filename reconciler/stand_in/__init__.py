"""A provider for the local tenant, where the official plugin is not installed.

It does what the official plugin does: the same refusals, and the same objects left behind.
"""

from reconciler.stand_in.service import StandIn, serving

__all__ = ["StandIn", "serving"]
