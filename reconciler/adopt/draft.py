"""A document before it is text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import Kind
from reconciler.okta.snapshot import LiveObject


@dataclass(frozen=True)
class Draft:
    """One document, as it is to be written."""

    item: LiveObject
    name: str
    purpose: str
    spec: dict[str, Any]
    """The fields to write, in the order of the model; what is owned stands in it."""
    secrets: Mapping[str, bool]
    """The fields for secrets, which Okta does not show, and whether the object must have them."""
    objects: tuple[LiveObject, ...]
    """The objects of the tenant that it describes: the one that is meant, and what that owns."""
    environments: tuple[str, ...] = ()
    """The only environments in which it can be true."""

    @property
    def kind(self) -> type[Kind]:
        """The kind of the document."""
        return self.item.kind


def secret_reference(name: str, field_name: str) -> str:
    """The environment variable that an adopted object's secret would be in."""
    word = "".join(letter if letter.isalnum() else "_" for letter in f"{name}_{field_name}").upper()
    return f"env:{word}" if not word[0].isdigit() else f"env:_{word}"
