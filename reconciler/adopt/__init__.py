"""Adoption: writes definitions and imports for an existing tenant."""

from reconciler.adopt.adoption import Adoption, Selection
from reconciler.adopt.run import Adopted, adopt

__all__ = ["Adopted", "Adoption", "Selection", "adopt"]
