"""Changes one field of an object through the tenant's API, without the reconciler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.kinds import Kind, Part, Spec, kind_of_fields
from reconciler.kinds.mapping import Field, joined_kinds, normalised, schema
from reconciler.okta.snapshot import LiveObject, Snapshot
from tests.of_kinds import all_about
from tests.specimens import accepts, is_choice, values

FieldPath = tuple[Field, ...]


def comparable(model: type[Part], above: FieldPath = ()) -> Iterator[FieldPath]:
    """The paths of all compared fields of a model, including those inside structures."""
    for field in schema(model):
        path = (*above, field)
        if not field.comparable or (kind_of_fields(model) and field.name == "priority"):
            continue
        if field.part:
            yield from comparable(field.part, path)
        else:
            yield path


def dotted(path: FieldPath) -> str:
    return ".".join(field.name for field in path)


def decides_what_it_is(kind: Kind, path: FieldPath) -> bool:
    """Whether a field is part of the object's identity, which Okta does not allow to change."""
    known = all_about().get(kind.name)
    if (known and dotted(path) in known.fixed) or (kind.name, path[0].name) == ("oidc-app", "client_id"):
        return True
    return path[0].name in ("saml_version", "preconfigured_app") or "type" in (path[0].name, path[-1].name)


def another(item: LiveObject, live: Snapshot, label: str = "Added by hand") -> Spec:
    """The fields of another object of the kind, which is the last one if there is an order.

    A relation is to another object. Names that cannot have spaces have none.
    """
    kind, spec = item.kind, item.spec
    if joined := joined_kinds(kind):
        others = (one.id for name in joined for one in live.objects[name] if one.id != spec[kind.label_field])
        return {**spec, kind.label_field: next(others)}
    named = next(field for field in schema(kind.fields) if field.name == kind.label_field)
    if is_choice(named):
        return {**spec, kind.label_field: [*values(named)][-1]}
    known = all_about().get(kind.name)
    if kind.signs_in and spec.get("client_id"):
        spec = {**spec, "client_id": None}  # no two apps have the same
    fields = {field.name: field for field in schema(kind.fields)}
    for number, name in enumerate((kind.label_field, *(known.distinct if known else ()))):
        if known and name in known.another:
            continue
        words = label + " too" * number
        spec = {**spec, name: next(text for text in (words, words.replace(" ", "")) if accepts(fields[name], text))}
    spec = {**spec, **(known.another if known else {})}
    return {**spec, "priority": None} if kind.shape.ordered else spec


def known_as(kind: Kind, ids: tuple[str, ...]) -> str:
    """What a created object is known by in a snapshot."""
    return kind.shape.identified(ids[-2] if len(ids) > 1 else "", ids[-1])


@dataclass(frozen=True)
class Tampering:
    """Gives one field of an object another value."""

    path: FieldPath
    live: Snapshot

    def altered(self, spec: Spec) -> Spec | None:
        """The spec with another value at the path; None if the path does not exist."""
        return self._altered(spec, self.path)

    def _altered(self, spec: Spec, path: FieldPath) -> Spec | None:
        field, *inner = path
        value = spec[field.name]
        if value in (None, [], ""):
            return None  # the variant leaves it out: Okta takes it from none of its type
        if not inner:
            return {**spec, field.name: self._other_value(field, value)}
        if field.shape == "one":
            changed = self._inside(field, value, tuple(inner))
            return None if changed is None else {**spec, field.name: changed}
        for position, item in enumerate(value):
            changed = self._inside(field, item, tuple(inner))
            if changed is not None:
                return {**spec, field.name: [*value[:position], changed, *value[position + 1 :]]}
        return None

    def _inside(self, field: Field, value: Spec, path: FieldPath) -> Spec | None:
        assert field.part
        changed = self._altered(value, path)
        return None if changed is None else normalised(field.part, changed)

    def _other_value(self, field: Field, value: Any) -> Any:
        if field.name in ("name", "label"):
            return f"{value} of old"
        if field.sparse:
            name, before = next(iter(value.items()))
            return {**value, name: not before if isinstance(before, bool) else f"{before} of old"}
        if field.shape == "one":
            return next(other for other in self._values(field) if field.compared(value, other) != value)
        return value[1:] or next((other for other in self._values(field) if other != value), [])

    def _values(self, field: Field) -> Iterator[Any]:
        """Values as in the tenant: references are ids."""
        if field.person:
            yield from ([identity] for identity in self.live.people.logins)
            return
        if not field.ref:
            yield from (value for value in values(field) if field.shape == "one" or len(value) == 1)
            return
        for kind in () if field.ref.in_text else field.refers_to:
            for item in sorted(self.live.objects[kind], key=lambda item: item.everywhere):  # few are declared
                value = item.id if field.ref.plain_id or not field.ref.with_kind else f"{kind} {item.id}"
                yield value if field.shape == "one" else [value]


def with_fresh(live: Snapshot, fresh: Snapshot, kind: Kind) -> Snapshot:
    """The snapshot with the objects of one kind taken from a newer one."""
    objects = {**live.objects, kind.name: fresh.objects[kind.name]}
    by_id = {(item.kind.name, item.id): item for items in objects.values() for item in items}
    return Snapshot(objects, by_id=by_id, people=live.people)
