"""The values of a plan as documents with a JSON Schema, for the JSON report and for saved plans."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

from pydantic import Field

from reconciler.definitions.model import Address
from reconciler.drift.documents import Document, SeverityWord, SourceDocument, severity_word
from reconciler.drift.findings import Difference
from reconciler.engine.changes import Operation
from reconciler.plan.model import (
    AffectedObject,
    Effect,
    FieldChange,
    GuardResult,
    Override,
    PlannedChange,
    UncomparedSecret,
)
from reconciler.plan.renames import Rename


class ValueDocument(Document):
    """A path inside a field at which the values differ; null on a side that lacks it."""

    path: str
    """The path, such as `rules[Contractors].access`."""
    old: Any
    """The value in the tenant."""
    new: Any
    """The declared value."""

    @classmethod
    def of(cls, difference: Difference) -> Self:
        """The document of a difference."""
        return cls(path=difference.path, old=difference.expected, new=difference.actual)


class FieldChangeDocument(Document):
    """A field that changes, with its values. Values never contain secrets."""

    field: str
    """The field, as in the definitions."""
    old: Any
    """The value in the tenant; null if it is absent, secret or unknown, or the object is created."""
    new: Any
    """The declared value; null if it is absent, secret or unknown."""
    secret: bool
    """Whether the field is a secret: then both values are null."""
    drifted: bool
    """Whether it was changed in the tenant since the last `up`: the update restores the declared value."""
    differences: list[ValueDocument]
    """The paths inside the field at which the values differ; empty for a created object."""

    @classmethod
    def of(cls, change: FieldChange) -> Self:
        """The document of a changed field."""
        return cls(
            field=change.field,
            old=change.old,
            new=change.new,
            secret=change.secret,
            drifted=change.drifted,
            differences=list(map(ValueDocument.of, change.differences)),
        )


class ObjectDocument(Document):
    """An object in the definitions; one that is no longer declared has its name in the state."""

    kind: str
    """The kind of the object, as in the definitions."""
    name: str
    """The logical name."""

    @classmethod
    def of_address(cls, address: Address) -> ObjectDocument:
        """The document of an address."""
        return ObjectDocument(kind=address.kind, name=address.name)


class ChangeDocument(ObjectDocument):
    """One object that changes."""

    operation: Operation
    """The operation; a released object stays in the tenant, no longer managed."""
    label: str
    """The name that Okta shows."""
    okta_id: str
    """The id in the tenant; empty for an object that is created. A whole list has the id of its owner."""
    severity: SeverityWord
    """How severe the change itself is: as if it had happened in the tenant."""
    rules: list[str]
    """The ids of the severity rules that apply; if empty, the operation sets the severity."""
    fields: list[str]
    """The fields that differ, for an update, a replacement or an import."""
    drifted: list[str]
    """Other fields that were changed in the tenant; the update restores their declared values."""
    values: list[FieldChangeDocument]
    """The same fields with their values, and the stated fields of a created object. Empty if values are unknown."""
    lost: list[str]
    """What a replacement loses besides the id, in words."""
    deleted_in_tenant: bool
    """Whether the object was deleted in the tenant and is created again."""
    list_of: ObjectDocument | None
    """For an item of a list that is not declared and was not applied: the list whose update deletes it."""
    source: SourceDocument | None
    """Where the object is declared."""

    @classmethod
    def of(cls, change: PlannedChange, **more: Any) -> Self:
        """The document of a planned change; `more` are the further members of a subclass."""
        is_new = change.operation is Operation.CREATE
        return cls(
            operation=change.operation,
            kind=change.address.kind,
            name=change.address.name,
            label=change.label,
            okta_id=change.okta_id,
            severity=severity_word(change.severity),
            rules=[*change.rules],
            fields=[] if is_new else [one.field for one in change.fields if not one.drifted],
            drifted=[one.field for one in change.fields if one.drifted],
            values=[FieldChangeDocument.of(one) for one in change.fields],
            lost=[*change.lost],
            deleted_in_tenant=change.recreated,
            list_of=ObjectDocument.of_address(change.list_of) if change.list_of else None,
            source=SourceDocument.of(change.source) if change.source else None,
            **more,
        )


class UncomparedSecretDocument(ObjectDocument):
    """A secret that could not be compared with the one that the last `up` sent."""

    field: str
    """The path of the field."""
    reason: str
    """Why, such as `the environment variable NAME is not set`."""

    @classmethod
    def of(cls, secret: UncomparedSecret) -> Self:
        """The document of such a secret."""
        return cls(kind=secret.address.kind, name=secret.address.name, field=secret.field, reason=secret.reason)


class AffectedObjectDocument(ObjectDocument):
    """An object of the tenant that a planned change affects. If it is not managed, its name is the one Okta shows."""

    okta_id: str
    """The id in the tenant."""
    managed: bool
    """Whether the definitions declare it."""

    @classmethod
    def of(cls, affected: AffectedObject) -> Self:
        """The document of an affected object."""
        return cls(kind=affected.kind, name=affected.name, okta_id=affected.okta_id, managed=affected.managed)


class EffectDocument(Document):
    """A consequence of a planned change for people or for other objects."""

    cause: ObjectDocument
    """The object that changes."""
    id: str
    """What happens, such as `members-leave` or `apps-move`; the same in every report."""
    summary: str
    """One sentence."""
    people: int | None = Field(ge=0)
    """How many people are affected; null if that is not known."""
    at_most: bool
    """Whether `people` is the greatest possible number: some may not be affected, or be counted twice."""
    objects: list[AffectedObjectDocument]
    """The affected objects."""
    becomes: str
    """The resulting object, such as the policy that an app falls to; empty if there is none."""
    weaker: str = ""
    """How the resulting policy protects less than the one before, such as `which asks for fewer factors`; empty if it
    does not, or if the policies were not compared."""

    @classmethod
    def of(cls, effect: Effect) -> Self:
        """The document of an effect."""
        return cls(
            cause=ObjectDocument.of_address(effect.cause),
            id=effect.id,
            summary=effect.summary,
            people=effect.people,
            at_most=effect.at_most,
            objects=list(map(AffectedObjectDocument.of, effect.objects)),
            becomes=effect.becomes,
            weaker=effect.weaker,
        )


class OverrideDocument(Document):
    """The permission to make one change that a guard refuses, for one run."""

    rule: str
    """The id of the guard."""
    object: str
    """What the guard refuses, as in `--allow RULE:OBJECT`."""
    reason: str
    """Why it is allowed."""
    by: str
    """Who allowed it."""
    at: datetime
    """When, in UTC."""

    @classmethod
    def of(cls, override: Override) -> Self:
        """The document of an override."""
        return cls(
            rule=override.rule,
            object=override.object,
            reason=override.reason,
            by=override.by,
            at=override.at.astimezone(UTC),
        )

    @property
    def override(self) -> Override:
        """The override that the document describes."""
        return Override(self.rule, self.object, self.reason, self.by, self.at)


class RenameDocument(Document):
    """A document that looks renamed without `previously`: an object is deleted, and one like it is created."""

    old: ObjectDocument
    """The object that is deleted or released."""
    new: ObjectDocument
    """The object of the same kind, owner and label that is created."""
    remedy: str
    """What to add to the document, and where."""
    consequence: str
    """What happens without it."""

    @classmethod
    def of(cls, rename: Rename) -> Self:
        """The document of a rename."""
        return cls(
            old=ObjectDocument.of_address(rename.old.address),
            new=ObjectDocument.of_address(rename.new.address),
            remedy=rename.remedy,
            consequence=rename.consequence,
        )


class GuardResultDocument(Document):
    """A change, or a number of changes, that a guard refuses."""

    rule: str
    """The id of the guard; it never changes."""
    object: str
    """What it refuses, as `--allow RULE:OBJECT` names it: `app payroll`, or `*` for a total."""
    title: str
    """What is refused, in a few words."""
    detail: str
    """The facts."""
    hint: str
    """What to do instead."""
    source: SourceDocument | None
    """The place in the definitions."""
    refuses: bool
    """Whether the plan must not be applied: the guard is not overridden."""
    override: OverrideDocument | None
    """The override; null if the guard refuses."""

    @classmethod
    def of(cls, result: GuardResult) -> Self:
        """The document of a result."""
        return cls(
            rule=result.rule,
            object=result.object,
            title=result.title,
            detail=result.detail,
            hint=result.hint,
            source=SourceDocument.of(result.source) if result.source else None,
            refuses=result.refuses,
            override=OverrideDocument.of(result.override) if result.override else None,
        )
