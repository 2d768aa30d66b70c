"""Adoption: a tenant that exists already, put into words: definitions as a person would write them, and imports."""

from reconciler.adopt.adoption import Adoption, Selection
from reconciler.adopt.run import Adopted, adopt

__all__ = ["Adopted", "Adoption", "Selection", "adopt"]
