"""The effects of a plan on people and on unmanaged objects."""

from reconciler.impact.effects import effects
from reconciler.impact.reading import NOTHING_READ, Wanted, WhatWasRead, read, wanted
from reconciler.impact.run import with_effects

__all__ = ["NOTHING_READ", "Wanted", "WhatWasRead", "effects", "read", "wanted", "with_effects"]
