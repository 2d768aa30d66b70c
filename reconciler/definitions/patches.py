"""Patches: changes of one environment to the spec of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.definitions.documents import Document
from reconciler.definitions.environments import LocatedPatch
from reconciler.definitions.errors import Problem, did_you_mean
from reconciler.definitions.model import Address
from reconciler.definitions.positions import YamlMapping


def merged(base: YamlMapping, patch: YamlMapping) -> YamlMapping:
    """The spec with the patch: mappings are merged, other values replace the original and keep their own location."""
    result = base.copy()
    for key, value in patch.items():
        below = base.get(key)
        if isinstance(value, YamlMapping) and isinstance(below, YamlMapping):
            result[key] = merged(below, value)
        else:
            result.take(key, patch)
    return result


def patches_by_document(
    patches: Iterable[LocatedPatch],
    here: Mapping[Address, Document],
    elsewhere: Iterable[Document],
    environment: str,
    problems: list[Problem],
) -> dict[Address, LocatedPatch]:
    """The patches of an environment; a patch without a document, and a second patch for one, are problems."""
    absent = {document.address: document for document in elsewhere}
    by_document: dict[Address, LocatedPatch] = {}
    for patch in patches:
        address, source = patch.address, patch.source
        if address not in here and address in absent:
            hint = f"its environments are at {absent[address].source('environments')}"
            problems.append(Problem(source, f"{address} is not in {environment}", hint))
        elif address not in here:
            hint = did_you_mean(address.name, [known.name for known in here if known.kind == address.kind])
            problems.append(Problem(source, f"{address} is not declared", hint))
        elif (first := by_document.setdefault(address, patch)) is not patch:
            problems.append(Problem(source, f"{address} is patched twice", f"it is also patched at {first.source}"))
    return by_document
