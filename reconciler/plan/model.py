"""The values of a plan."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from reconciler.commit import Commit
from reconciler.definitions.model import Address, Declaration, Desired, Source
from reconciler.drift import Difference, Severity
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.engine.state import Applied, State
from reconciler.errors import Refused
from reconciler.kinds import Kind, Spec, kind_named
from reconciler.matching import Match, Names
from reconciler.okta.snapshot import LiveObject, Snapshot, Unreadable
from reconciler.plan.dependents import Dependents
from reconciler.plan.preparation import Preparation
from reconciler.plan.renames import Rename, renames_in

BASE_SEVERITY = dict.fromkeys(Operation, Severity.INFO) | {
    Operation.DELETE: Severity.MEDIUM,
    Operation.REPLACE: Severity.MEDIUM,
}
"""The severity of a change to which no rule applies."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that changes, with its values. Values never contain secrets."""

    field: str
    old: Any = None
    """The value in the tenant; None if it is absent or the object is created."""
    new: Any = None
    """The declared value; None if it is absent."""
    secret: bool = False
    """Whether the field is a secret: then both values are None."""
    drifted: bool = False
    """Whether it was changed in the tenant since the last `up`: the update restores the declared value."""
    differences: Sequence[Difference] = dataclasses.field(default=(), compare=False)
    """The paths inside the field at which the values differ, such as `rules[Contractors].access`. In a plan, `expected`
    is the value in the tenant, and `actual` the declared one."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One object that changes."""

    operation: Operation
    address: Address
    """Kind and name in the definitions; for an object that is no longer declared, its name in the state."""
    urn: str
    label: str
    """The name that Okta shows."""
    okta_id: str = ""
    """The id in the tenant; empty for an object that is created. A whole list has the id of its owner."""
    before: Spec | None = None
    """All fields, as in the tenant, without secrets; None for an object that is created. References are names."""
    after: Spec | None = None
    """All fields, as declared, without secrets; None for an object that is deleted or released."""
    fields: Sequence[FieldChange] = ()
    """The fields that change; for a created object, those that its definition states. None for other operations."""
    declaration: Declaration | None = None
    applied: Applied | None = None
    """The entry in the state, possibly under an earlier name."""
    item: LiveObject | None = None
    """The object in the tenant, before the change."""
    list_of: Address | None = None
    """For an item of a whole list that no definition and no earlier `up` contains: the list. The update of the list
    deletes the item, so it is not an object of its own."""
    recreated: bool = False
    """Whether it is created again because it was deleted in the tenant."""
    severity: Severity = Severity.INFO
    """How severe the change itself is: as if it had happened in the tenant."""
    rules: Sequence[str] = ()
    """The ids of the severity rules that apply to the change (see `reconciler.kinds.threats`)."""
    source: Source | None = None
    """Where the object is declared."""

    @property
    def kind(self) -> Kind:
        """The kind of the object."""
        return kind_named(self.address.kind)

    @property
    def removes(self) -> bool:
        """Whether the object, as it is in the tenant now, will no longer exist: it is deleted or replaced."""
        return self.list_of is None and self.operation in (Operation.DELETE, Operation.REPLACE)

    @classmethod
    def of_change(cls, change: Change) -> PlannedChange:
        """A change whose fields are known by name only, without values."""
        fields = [FieldChange(name) for name in change.fields]
        fields += [FieldChange(name, drifted=True) for name in change.drifted]
        address = Address(change.kind, change.name)
        severity = BASE_SEVERITY[change.operation]
        return cls(
            change.operation,
            address,
            "",
            change.name,
            fields=tuple(fields),
            recreated=change.deleted,
            severity=severity,
        )

    @property
    def shown(self) -> PlannedChange:
        """The change as reports need it: without the objects that it was made from."""
        return replace(self, before=None, after=None, declaration=None, applied=None, item=None)

    @property
    def lost(self) -> Sequence[str]:
        """What a replacement loses besides the id: what `up` does not create again."""
        return self.kind.lost_with_id() if self.operation is Operation.REPLACE else ()


@dataclass(frozen=True, slots=True)
class AffectedObject:
    """An object of the tenant that a planned change affects."""

    kind: str
    name: str
    """The name in definitions; if it is not managed, the name that Okta shows."""
    okta_id: str
    managed: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """A consequence of a planned change for people or for other objects."""

    cause: Address
    """The object that changes."""
    id: str
    """What happens, such as `members-leave` or `apps-move`."""
    summary: str
    """One sentence."""
    people: int | None = None
    """How many people are affected; None if that is not known."""
    objects: Sequence[AffectedObject] = ()
    """The affected objects."""
    becomes: str = ""
    """The resulting object, such as the policy that an app falls to."""
    at_most: bool = False
    """Whether `people` is the greatest possible number: some of them may be affected in no way, or be counted twice."""
    weaker: str = ""
    """How the resulting policy protects less than the one before, such as `which asks for fewer factors`; empty if it
    does not, or if the policies were not compared."""


@dataclass(frozen=True, slots=True)
class Override:
    """The permission to make one change that a guard refuses, for one run."""

    rule: str
    object: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GuardResult:
    """A change, or a number of changes, that a guard refuses."""

    rule: str
    """The id of the guard."""
    object: str
    """What it refuses, as `--allow RULE:OBJECT` names it: `app payroll`, or `*` for a total."""
    title: str
    detail: str
    hint: str
    """What to do instead. How to override is the same for all guards, and is added when it is shown."""
    source: Source | None = None
    override: Override | None = None

    @property
    def option(self) -> str:
        """Rule and object as one word of a shell: names of objects may contain anything."""
        return shlex.quote(f"{self.rule}:{self.object}")

    @property
    def refuses(self) -> bool:
        """Whether the plan must not be applied: the guard is not overridden."""
        return self.override is None


@dataclass(frozen=True, slots=True)
class UncomparedSecret:
    """A secret that a preview could not compare with the one that the last `up` sent."""

    address: Address
    """The object."""
    field: str
    """The path of the field."""
    reference: str
    source: Source
    reason: str
    """Why, such as `the environment variable NAME is not set`."""

    def __str__(self) -> str:
        return f"not compared: {self.field} of {self.address} ({self.reference}): {self.reason}; `up` may change it"


class RefusedByGuards(Refused):
    """Raised when guards refuse a plan: it must not be applied."""

    def __init__(self, results: Sequence[GuardResult]) -> None:
        count = len(results)
        super().__init__(f"the plan was refused by {count} guard{'s' if count > 1 else ''}")
        self.results = results

    def explanations(self) -> Iterator[tuple[str, str]]:
        """Each result, with what to do instead and how to override the guard."""
        for one in self.results:
            where = f"{one.source}: " if one.source else ""
            override = f'to allow it for one run: --allow {one.option} --reason "..."'
            yield f"{where}{one.title}: {one.detail}", f"{one.hint}; {override}"


@dataclass(frozen=True)
class Plan:
    """What one run would change, and what that was computed from."""

    match: Match
    """The definitions, the state and the whole tenant."""
    changes: Changes
    """The changes as the engine plans them."""
    planned: Sequence[PlannedChange] = ()
    effects: Sequence[Effect] = ()
    guards: Sequence[GuardResult] = ()
    secrets_not_compared: Sequence[UncomparedSecret] = ()
    """Secrets that may have changed: applying the plan may send other ones."""
    commit: Commit = field(default_factory=Commit)
    """The commit of the definitions."""
    refresh: bool = True
    """Whether drift is reverted."""
    gaps: Sequence[Unreadable] = ()
    """What could not be read besides the snapshot, although the effects of the plan need it."""
    preparation: Preparation | None = field(default=None, repr=False)
    """What has to happen before the engine runs; None for a plan that is only shown."""

    @property
    def desired(self) -> Desired:
        """The definitions."""
        return self.match.desired

    @property
    def state(self) -> State:
        """The state that the plan was made from."""
        return self.match.state

    @property
    def live(self) -> Snapshot:
        """The whole tenant."""
        return self.match.live

    @property
    def names(self) -> Names:
        """The names of the objects."""
        return self.match.names

    @cached_property
    def by_id(self) -> Mapping[tuple[str, str], PlannedChange]:
        """The planned changes of existing objects, by kind and id."""
        return {(one.address.kind, one.okta_id): one for one in self.planned if one.okta_id and one.list_of is None}

    @cached_property
    def by_address(self) -> Mapping[Address, PlannedChange]:
        """The planned changes, without items of whole lists."""
        return {one.address: one for one in self.planned if one.list_of is None}

    @cached_property
    def managed(self) -> Mapping[tuple[str, str], str]:
        """The names of the managed objects, by kind and id: those declared and not only observed, and those that the
        state has and definitions no longer do."""
        declared = {
            (address.kind, identity): address.name
            for address, identity in self.match.all_ids.items()
            if address in self.desired.managed
        }
        return {(address.kind, identity): address.name for address, identity in self.match.orphans.items()} | declared

    @cached_property
    def dependents(self) -> Dependents:
        """Which objects of the tenant refer to which."""
        return Dependents(self.match, self.managed)

    @cached_property
    def renames(self) -> Sequence[Rename]:
        """The documents that were renamed without `previously`."""
        return tuple(renames_in(self.planned))

    def removed(self, kind: str = "") -> Iterator[PlannedChange]:
        """The objects that are deleted or replaced, or only those of a kind."""
        return (one for one in self.planned if one.removes and kind in ("", one.address.kind))

    def with_effects(self, effects: Sequence[Effect]) -> Plan:
        """The plan with its effects."""
        return self._with(effects=tuple(effects))

    def raise_if_refused(self) -> None:
        """Raise `RefusedByGuards` if a guard refuses the plan and is not overridden."""
        if refusing := [result for result in self.guards if result.refuses]:
            raise RefusedByGuards(refusing)

    def with_guards(self, guards: Sequence[GuardResult]) -> Plan:
        """The plan with the results of the guards."""
        return self._with(guards=tuple(guards))

    def _with(self, **results: Any) -> Plan:
        """The plan with these results. What was computed from its other fields is kept."""
        plan = replace(self, **results)
        given = {field.name for field in fields(self)}
        plan.__dict__.update({name: value for name, value in self.__dict__.items() if name not in given})
        return plan
