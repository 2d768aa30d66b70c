"""The file `guards.yaml`: limits of guards, and guards that are off, with differences between environments."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self, cast

from pydantic import Field, create_model, model_validator

from reconciler.commit import Commit
from reconciler.definitions.documents import LogicalName, Sentence
from reconciler.definitions.errors import DefinitionsError, Problem, did_you_mean
from reconciler.definitions.files import GUARDS as FILES
from reconciler.definitions.json_schema import DIALECT, JsonSchema
from reconciler.definitions.model import Source
from reconciler.definitions.owners import Owners, read_owners
from reconciler.definitions.positions import YamlMapping
from reconciler.definitions.validation import validate
from reconciler.definitions.yaml_files import read_entries
from reconciler.guard.model import AnyGuard, GuardContext, Limits
from reconciler.guard.registry import GUARDS, guard_ids
from reconciler.kinds import Part
from reconciler.kinds.fields import Bool, as_json_text
from reconciler.kinds.part import describe
from reconciler.promotion import Circumstances


class GuardSwitch(Part):
    """Whether a guard is off."""

    off: Bool = False
    """Switches the guard off; needs a reason."""
    reason: Sentence | None = None
    """Why the guard is off."""

    @model_validator(mode="after")
    def _with_reason(self) -> Self:
        if self.off and self.reason is None:
            raise ValueError("off needs a reason")
        if self.reason is not None and not self.off:
            raise ValueError("reason explains off: set off: true, or remove the reason")
        return self


@dataclass(frozen=True)
class GuardSettings:
    """The guards of one environment, and what they know besides the plan."""

    limits: Mapping[str, Limits] = field(default_factory=dict)
    """The limits by guard, where they are set."""
    off: Mapping[str, str] = field(default_factory=dict)
    """The reasons of the guards that are off."""
    owners: Owners = field(default_factory=Owners)
    definitions: str = ""
    """The folder that holds the definitions."""
    commit: Commit = field(default_factory=Commit)
    """The commit of the definitions."""
    circumstances: Circumstances = field(default_factory=Circumstances)
    """What the run knows of earlier runs."""
    key_id: str | None = None
    """The id of the key with which the run signs in; None if it is not known."""

    def context(self, guard: AnyGuard) -> GuardContext[Any]:
        """What a guard knows besides the plan."""
        limits = self.limits.get(guard.id, guard.limits)
        return GuardContext(limits, self.owners, self.definitions, self.commit, self.circumstances, self.key_id)

    @property
    def digest(self) -> str:
        """SHA-256 over limits, switched-off guards and owners: equal digests mean that guards decide alike."""
        limits = {guard.id: self.context(guard).limits.model_dump(mode="json") for guard in GUARDS}
        content = {"limits": limits, "off": dict(self.off), "owners": sorted(self.owners.names)}
        return hashlib.sha256(as_json_text(content).encode()).hexdigest()


def read_guard_settings(
    policy: Path, environment: str, environments: Collection[str], definitions: Path, commit: Commit
) -> GuardSettings:
    """The settings in a policy folder; without `guards.yaml`, the defaults.

    `environments` are the names that the file may use. Raises `DefinitionsError` with all problems.
    """
    problems: list[Problem] = []
    limits: dict[str, Limits] = {}
    off: dict[str, str] = {}
    for guard, entry in _entries(policy, environments, problems):
        stated = _stated(entry)
        differences = getattr(entry, "environments", {})
        if environment in differences:
            stated |= _stated(differences[environment])
        if stated.pop("off", False):
            off[guard.id] = str(stated["reason"])
        stated.pop("reason", None)
        if stated:
            limits[guard.id] = type(guard.limits).model_validate(stated)
    owners = read_owners(policy, problems)
    if problems:
        raise DefinitionsError(problems)
    return GuardSettings(limits, off, owners, definitions.as_posix(), commit)


def guards_schema() -> JsonSchema:
    """The JSON Schema of `guards.yaml`."""
    fields: dict[str, Any] = {
        guard.id: (_entry_model(guard), Field(default={}, description=guard.purpose)) for guard in GUARDS
    }
    model: type[Part] = create_model("Guards", __base__=Part, **fields)
    describe([model])
    return {"$schema": DIALECT, **model.model_json_schema(), "title": "Guards"}


def _stated(entry: Part) -> dict[str, Any]:
    """The values that an entry states."""
    return {name: getattr(entry, name) for name in entry.model_fields_set if name != "environments"}


def _entries(policy: Path, environments: Collection[str], problems: list[Problem]) -> list[tuple[AnyGuard, Part]]:
    known = {guard.id: guard for guard in GUARDS}
    found: list[tuple[AnyGuard, Part]] = []
    for name, raw, mark in read_entries(policy, FILES, "guards", problems):
        if name not in known:
            problems.append(Problem(Source(*mark), f"unknown guard {name}", did_you_mean(name, guard_ids())))
        elif entry := validate(_entry_model(known[name]), raw, mark, name, problems):
            found.append((known[name], entry))
            _check_environments(raw, environments, problems)
    return found


def _check_environments(raw: Any, environments: Collection[str], problems: list[Problem]) -> None:
    stated = raw.get("environments") if isinstance(raw, YamlMapping) else None
    places = stated.keys_at if isinstance(stated, YamlMapping) else {}
    for name, mark in places.items():
        if name not in environments:
            problems.append(Problem(Source(*mark), f"unknown environment {name}", did_you_mean(name, environments)))


@cache
def _entry_model(guard: AnyGuard) -> type[Part]:
    """The model of the entry of a guard."""
    name = "".join(map(str.capitalize, guard.id.split("-")))
    bases: Any = (GuardSwitch, type(guard.limits))
    difference: Any = create_model(f"{name}Difference", __base__=bases)
    differences: Any = Annotated[dict[LogicalName, difference], Field(description="Differences of environments.")]
    entry: Any = create_model(name, __base__=difference, environments=(differences, {}))
    return cast("type[Part]", entry)
