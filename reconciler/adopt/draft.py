"""A document to write, before it becomes YAML text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import Kind
from reconciler.okta.snapshot import LiveObject


@dataclass(frozen=True)
class Draft:
    """One document to write."""

    item: LiveObject
    name: str
    purpose: str
    spec: dict[str, Any]
    """The fields to write, in the order of the model, with owned objects nested in them."""
    secrets: Mapping[str, bool]
    """The secret fields, which Okta never returns, and whether each is required."""
    objects: tuple[LiveObject, ...]
    """The objects of the tenant that the document describes: the object itself and those it owns."""
    environments: tuple[str, ...] = ()
    """The environments to limit the document to; empty for no limit."""

    @property
    def kind(self) -> Kind:
        """The kind of the document."""
        return self.item.kind


def secret_reference(name: str, field_name: str) -> str:
    """The reference to the environment variable for a secret of an adopted object."""
    variable = re.sub(r"[^A-Za-z0-9]", "_", f"{name}_{field_name}").upper()
    return f"env:{variable}" if not variable[0].isdigit() else f"env:_{variable}"
