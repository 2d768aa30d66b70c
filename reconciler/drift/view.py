"""The data that risk rules may use: the object of a finding, and the objects around it, by name."""

from __future__ import annotations

from functools import cached_property

from reconciler.definitions.model import Address
from reconciler.drift.findings import Finding
from reconciler.drift.watched import item_of
from reconciler.kinds import Spec
from reconciler.kinds.part import Json
from reconciler.kinds.risks import KnownObject
from reconciler.matching import Match
from reconciler.okta.malformed import MALFORMED
from reconciler.okta.snapshot import LiveObject


class TenantView:
    """The objects of a tenant and of its definitions, by the names that definitions use."""

    def __init__(self, match: Match) -> None:
        self._match = match
        self._declarations = match.desired.declarations
        self._live = match.live
        self._names = match.names

    def about(self, finding: Finding) -> KnownObject:
        """The object of a finding."""
        if Address(finding.kind, finding.name) in self._declarations:
            return self._declared(Address(finding.kind, finding.name))
        if watched := item_of(finding, self._live.watched):
            return KnownObject(watched.label, item=watched.json)
        item = self._live.by_id.get((finding.kind, finding.okta_id))
        return self._undeclared(item) if item else KnownObject(finding.name or finding.label)

    def name_of(self, kind: str, identity: str) -> str:
        """The name of an object in definitions. If it is not declared: Okta's name with the id."""
        return self._names.of(kind, identity)

    def named(self, kind: str, name: str) -> KnownObject | None:
        """See `OtherObjects`."""
        if Address(kind, name) in self._declarations:
            return self._declared(Address(kind, name))
        item = self._by_name.get((kind, name))
        return self._undeclared(item) if item else None

    def restricts(self, kind: str, name: str) -> bool:
        """See `OtherObjects`."""
        return (kind, name) in self._keeping_out

    def _declared(self, address: Address) -> KnownObject:
        item = self._match.item(address)
        return KnownObject(address.name, self._declarations[address].spec, _json(item) if item else {}, declared=True)

    def _undeclared(self, item: LiveObject) -> KnownObject:
        shown = item.shown
        return KnownObject(self._names.of(shown.kind.name, shown.id), self._spec(item), _json(item))

    def _spec(self, item: LiveObject) -> Spec:
        """The fields of an undeclared object; none if its shape is not one that the kind supports."""
        try:
            return self._names.in_definitions(item.kind, item.spec)
        except MALFORMED:
            return {}

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], LiveObject]:
        """The undeclared objects."""
        return {
            (kind, self._names.of(kind, item.id)): item
            for kind, items in self._live.objects.items()
            for item in items
            if not self._names.declared(kind, item.id)
        }

    @cached_property
    def _keeping_out(self) -> frozenset[tuple[str, str]]:
        declarations = self._declarations.values()
        return frozenset(one for each in declarations for one in each.kind.restricts_by(each.spec))


def _json(item: LiveObject) -> Json:
    try:
        return item.kind.read_api(dict(item.json))
    except MALFORMED:
        return dict(item.json)
