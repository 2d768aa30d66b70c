"""The stores of secrets that workflows sign in to, with the identity of the job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

STORES: Final[Mapping[str, tuple[str, ...]]] = {
    "aws": ("aws-sm", "aws-ssm"),
    "azure": ("azure-kv",),
    "gcp": ("gcp-sm",),
    "vault": ("vault",),
}
"""The schemes of their references, by the extra that installs the packages for them. The other stores are read by
programs, which a company installs and signs in itself."""


def stores_of(references: Iterable[str]) -> frozenset[str]:
    """The stores that these references lead to."""
    schemes = {reference.partition(":")[0] for reference in references}
    return frozenset(store for store, own in STORES.items() if schemes.intersection(own))
