"""Edits the definitions of one environment for one finding at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.accept.folder import Folder, replaced
from reconciler.accept.yaml_values import YamlValues, with_entry
from reconciler.adopt.adoption import Selection, adoption
from reconciler.adopt.files import files_of
from reconciler.adopt.names import names_of_siblings
from reconciler.adopt.not_adopted import NotAdoptable
from reconciler.adopt.specs import escaped, spec_of, with_logical_name, without_defaults
from reconciler.adopt.text import documents_text
from reconciler.definitions.documents import Document
from reconciler.definitions.model import Address, Declaration
from reconciler.definitions.owned import OwnedField, owned_fields
from reconciler.definitions.positions import YamlSequence
from reconciler.definitions.references import malformed
from reconciler.drift import Finding, Verdict
from reconciler.errors import ReconcilerError
from reconciler.kinds import Kind, Spec, kind_named
from reconciler.kinds.mapping import schema, with_references
from reconciler.kinds.people import USER, is_user_id
from reconciler.matching import Match
from reconciler.okta.snapshot import LiveObject

Path = tuple[str | int, ...]


class NotAcceptable(ReconcilerError):
    """Raised when a finding cannot be accepted; the hint gives the alternative."""


@dataclass(frozen=True)
class _ById(Selection):
    """Only the objects with the given ids."""

    ids: frozenset[str] = frozenset()

    def matches(self, item: LiveObject, name: str) -> bool:
        """Whether to adopt an object."""
        return item.id in self.ids


@dataclass(frozen=True)
class Editing:
    """The definitions of one environment as loaded, and the folder in which they are edited."""

    folder: Folder
    match: Match
    everywhere: bool = False
    """Whether to edit shared documents, which changes all environments that have them."""

    def accept(self, finding: Finding) -> str:
        """Edit the definitions to match the tenant; returns a description of the edit. Raises `NotAcceptable`."""
        match finding.verdict:
            case Verdict.CHANGED | Verdict.CONFLICT if finding.field == kind_named(finding.kind).shape.rank_field:
                return self._order(self._declaration(finding))
            case Verdict.CHANGED | Verdict.CONFLICT:
                return self._field(finding, self._declaration(finding))
            case Verdict.MISSING:
                return self._missing(self._declaration(finding))
            case Verdict.UNMANAGED:
                item = self.match.live.by_id[finding.kind, finding.okta_id]
                return self._adopt_owned(item, item.parent) if item.parent else self._adopt(item)
            case Verdict.PENDING:
                raise NotAcceptable(
                    "only the definitions changed", hint="run reconciler up to apply them, or revert the change"
                )
            case Verdict.EXPIRED:
                raise NotAcceptable("the entry in ignore.yaml expired", hint="renew or remove the entry")
        raise NotAcceptable("it could not be read", hint="run reconciler drift to see why")

    def _declaration(self, finding: Finding) -> Declaration:
        return self.match.desired.declarations[Address(finding.kind, finding.name)]

    # Fields

    def _field(self, finding: Finding, declaration: Declaration) -> str:
        kind = declaration.kind
        field = next(each for each in schema(kind.fields) if each.name == finding.field)
        self._check_references(kind, {field.name: finding.actual})
        document = self._document(declaration)
        raw, filled = self.folder.specs(document)
        path = self._path(declaration, filled)
        whole = kind.shape.part_of_owner
        item_raw, item_filled = (raw, filled) if whole else (_at(raw, path), _at(filled, path))
        values = YamlValues()
        value = values.of_field(field, item_raw.get(field.name), item_filled.get(field.name), finding.actual)
        item = _with(item_raw, field.name, value, kind)
        if declaration.parent and field.name == kind.label_field and not whole and "logical_name" not in item_filled:
            item = _with(item, "previously", item_filled[field.name], kind)
        wanted = item if not path or whole else replaced(raw, path, item)
        return self._set(document, str(path[0]) if path else field.name, wanted, values.variable_lost)

    def _order(self, declaration: Declaration) -> str:
        """Set the priorities of all siblings to those in the tenant."""
        rank = declaration.kind.shape.rank_field
        siblings = [
            each
            for each in self.match.desired.declarations.values()
            if each.kind is declaration.kind and each.parent == declaration.parent
        ]
        priorities = {each.address: item.rank for each in siblings if (item := self.match.item(each.address))}
        if declaration.parent is None:
            done = [
                self._set(self._document(each), rank, {rank: priorities[each.address]}, False)
                for each in siblings
                if each.address in priorities and each.spec[rank] != priorities[each.address]
            ]
            return "; ".join(dict.fromkeys(done))
        document = self._document(declaration)
        raw, filled = self.folder.specs(document)
        above = self._path(declaration, filled)[:-1]
        items = _at(raw, above)
        by_label = {each.label: priorities.get(each.address, 0) for each in siblings}
        labels = [each[declaration.kind.label_field] for each in _at(filled, above)]
        order = sorted(range(len(items)), key=lambda index: by_label.get(labels[index], index))
        wanted = replaced(raw, above, [items[index] for index in order])
        return self._set(document, str(above[0]), wanted, False)

    # Objects

    def _missing(self, declaration: Declaration) -> str:
        document = self._document(declaration)
        if declaration.parent is None:
            return f"{declaration.source.file}:{declaration.source.line}: {self.folder.remove(document)}"
        raw, filled = self.folder.specs(document)
        *above, last = self._path(declaration, filled)
        items = _at(raw, above)
        wanted = replaced(raw, above, [item for index, item in enumerate(items) if index != last])
        return self._set(document, str(above[0]), wanted, False)

    def _adopt(self, item: LiveObject) -> str:
        made = adoption(self.match, selection=_ById(ids=frozenset({item.id})))
        if not made.drafts:
            entry = next((each for each in made.not_adopted if each.id == item.id), None)
            raise NotAcceptable(
                f"it cannot be declared: {entry.reason.value}: {entry.detail}" if entry else "it is not in the tenant"
            )
        others = self.folder.names
        (name, drafts), *_ = files_of(made.drafts, made.declared_kinds).items()
        text = documents_text(drafts, (self.folder.environment,) if len(others) > 1 else ())
        return f"{self.folder.append(name, text)}: declared as {drafts[0].name}; name its owner"

    def _adopt_owned(self, item: LiveObject, parent: LiveObject) -> str:
        declaration = self.match.names.declaration(parent.kind.name, parent.id)
        if declaration is None:
            raise NotAcceptable(
                "it belongs to an object that Okta made", hint="delete it with reconciler repair --remove-unmanaged"
            )
        owned = next(each for each in owned_fields(declaration.kind) if each.kind is item.kind)
        document = self._document(declaration)
        raw, filled = self.folder.specs(document)
        path = self._path(declaration, filled)
        items = _at(raw, path).get(owned.field.name) or []
        siblings = _at(filled, path).get(owned.field.name) or []
        labels = [each[item.kind.label_field] for each in siblings]
        position = self._position(item, parent, labels) if item.kind.shape.ordered else len(labels)
        try:
            value = self._owned(item, position + 1)
            taken = [_own_name(each, item.kind) for each in siblings]
            value = with_logical_name(item, value, names_of_siblings([item], {}, taken)[item.id])
        except NotAdoptable as refusal:
            raise NotAcceptable(f"it cannot be declared: {refusal.detail}") from refusal
        inner = _with(_at(raw, path), owned.field.name, [*items[:position], value, *items[position:]], declaration.kind)
        wanted = replaced(raw, path, inner)
        return self._set(document, str((*path, owned.field.name)[0]), wanted, False)

    def _position(self, item: LiveObject, parent: LiveObject, labels: list[str]) -> int:
        """The number of declared siblings that come before it in the tenant."""
        siblings = [
            each
            for each in self.match.live.objects[item.kind.name]
            if each.parent and (each.parent.kind, each.parent.id) == (parent.kind, parent.id)
        ]
        before = [each for each in siblings if each.rank < item.rank]
        return sum(each.label in labels for each in before)

    def _owned(self, item: LiveObject, priority: int) -> dict[str, Any]:
        """The spec of an owned object, including everything it owns itself."""
        spec = spec_of(item, self._name_of, priority if item.kind.shape.ordered else None)
        written: dict[str, Any] = escaped(without_defaults(item.kind.fields, spec))
        written.pop(item.kind.shape.rank_field, None)
        for owned in owned_fields(item.kind):
            found = [
                each
                for each in self.match.live.objects.get(owned.kind.name, ())
                if each.parent and each.parent.id == item.id and not each.built_in
            ]
            found.sort(key=lambda each: (each.rank, each.label))
            if found:
                written[owned.field.name] = [self._owned(each, index) for index, each in enumerate(found, start=1)]
        return written

    # Locations

    def _document(self, declaration: Declaration) -> Document:
        while declaration.parent:
            declaration = self.match.desired.declarations[declaration.parent]
        return self.folder.document(declaration.address)

    def _path(self, declaration: Declaration, filled: Any) -> Path:
        """The path to an object in the spec of its document. For a list managed as one object: the path to the list."""
        if declaration.parent is None:
            return ()
        owner = self.match.desired.declarations[declaration.parent]
        owned = next(each for each in owned_fields(owner.kind) if each.kind is declaration.kind)
        path = (*self._path(owner, filled), owned.field.name)
        if owned.whole:
            return path
        label = declaration.name.removeprefix(f"{owner.name}/")
        return (*path, _index(_at(filled, path), owned, label))

    def _set(self, document: Document, key: str, wanted: Mapping[str, Any], variable_lost: bool) -> str:
        """Set one field of the spec, in a patch if the document is shared with other environments."""
        others = self.folder.others(document)
        patched = key in (self.folder.patch(document.address) or {})
        in_patch = patched or variable_lost or bool(others and not self.everywhere)
        file = self.folder.set_field(document, key, wanted[key], in_patch=in_patch)
        if patched or not in_patch:
            return f"{file}: {key}" + (f", also for {', '.join(others)}" if others and not in_patch else "")
        reason = "to keep the variable" if variable_lost else f"to keep {', '.join(others)} unchanged"
        return f"{file}: {key} of {document.address} in patches, {reason}"

    # References

    def _check_references(self, kind: Kind, spec: Spec) -> None:
        with_references(kind.fields, spec, lambda known, name: self._checked(known, name))
        for _, part, _ in malformed(kind.fields, spec):
            raise NotAcceptable(f"it refers to {part}, which no kind covers", hint="undo that change in Okta")

    def _checked(self, kind: str, name: str) -> str:
        if kind == USER:
            return self._login(name)
        if Address(kind, name) not in self.match.desired.declarations and name not in _system_names(kind):
            raise NotAcceptable(
                f"it refers to {kind} {name}, which is not declared", hint="declare or accept that object too"
            )
        return name

    def _login(self, name: str) -> str:
        """The login. If a user does not exist, or could not be looked up, the tenant only has the id."""
        people = self.match.live.people
        if people.unreadable:
            raise NotAcceptable(f"users could not be looked up: {people.unreadable}", hint="try again later")
        if is_user_id(name):
            hint = "remove the login from the definition, and run reconciler up"
            raise NotAcceptable(f"the user {name} no longer exists", hint=hint)
        return name

    def _name_of(self, kind: str, identity: str) -> str:
        if kind == USER:
            return self._login(self.match.names.of(kind, identity))
        if name := self.match.live.name_of_system(kind, identity):
            return name
        if self.match.live.has_as_another_kind(kind, identity):
            return identity  # the API does not say which of several kinds a reference is to
        item = self.match.live.by_id.get((kind, identity))
        name = self.match.names.declared(kind, identity) or (self.match.live.system_name(item) if item else None)
        return self._checked(kind, name or (item.label if item else identity))


def _system_names(kind: str) -> Iterator[str]:
    return (known.name for known in kind_named(kind).system)


def _at(value: Any, path: Any) -> Any:
    for step in path:
        value = value[step]
        if isinstance(value, str):
            raise NotAcceptable("the value is part of a variable", hint="edit the environment's file by hand")
    return value


def _with(mapping: Mapping[str, Any], key: str, value: Any, kind: Kind) -> dict[str, Any]:
    order = [field.name for field in schema(kind.fields)]
    label = kind.label_field
    return with_entry(
        mapping, key, value, [each for name in order for each in ((name, "previously") if name == label else (name,))]
    )


def _index(items: YamlSequence, owned: OwnedField, label: str) -> int:
    for index, item in enumerate(items):
        if _own_name(item, owned.kind) == label:
            return index
    raise NotAcceptable(f"{owned.field.name} has no item named {label}")


def _own_name(item: Mapping[str, Any], kind: Kind) -> Any:
    """The logical name of an owned item, without that of its owner."""
    return item.get("logical_name", item[kind.label_field])
