"""The rules of the official provider, as read from its source, and the ways in which each is accounted for.

`PROVIDER-RULES.md` beside the repository explains the rules. Tables of `Rule`s say how each is handled, and
`test_provider_rules.py` proves it: no rule may be missing from the tables, and none may stand there twice.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.kinds import Spec, kinds

RULES = Path(__file__).parents[3] / "shared" / "okta-facts" / "provider-rules.json"


@dataclass(frozen=True, order=True)
class ProviderRule:
    """One rule of one kind in one phase."""

    kind: str
    """Our word for the kind; `*` for all."""
    phase: str
    when: str
    result: str = dataclasses.field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind}: {self.phase} {self.result}: {self.when}"


def provider_rules() -> list[ProviderRule]:
    """The rules of the kinds that there are, and those for every kind; none where the facts are not there."""
    if not RULES.is_file():
        return []
    words = {kind.resource: kind.kind for kind in kinds()} | {"*": "*"}
    return [
        ProviderRule(words[rule["token"]], rule["phase"], rule["when"], rule["then"])
        for rule in json.loads(RULES.read_text())["rules"]
        if rule["token"] in words
    ]


@dataclass(frozen=True)
class Refused:
    """`validate` refuses it where it stands, and the provider in the phases of the rule; both take `right` instead.

    Specs are changes to `USUAL`.
    """

    kind: str
    field: str
    """Where the error stands, such as `rules[0].status`."""
    message: str
    """A part of the error's message."""
    wrong: Spec
    right: Spec = dataclasses.field(default_factory=dict)
    at: str = ""
    """The field at which the provider refuses it, if it is another one."""


@dataclass(frozen=True)
class NotTaken:
    """Only `validate` refuses it: the provider would do something else than what the definition says."""

    kind: str
    field: str
    message: str
    wrong: Spec
    right: Spec = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class SaidOtherwise:
    """`validate` takes it, since our program says it in another way: the provider refuses just this."""

    kind: str
    field: str
    wrong: Spec
    right: Spec = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Settles:
    """After `up` the tenant is as declared, and neither a preview nor a look for drift finds anything.

    Specs are changes to `USUAL`. The object is made as it is to be `after`, and is also changed from `before`.
    """

    kind: str
    after: Spec = dataclasses.field(default_factory=dict)
    before: Spec = dataclasses.field(default_factory=dict)
    sends: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Members of the body (dotted paths) that the provider sends; `NOTHING` for one that it leaves out."""
    no_change: bool = False
    """Whether the provider sees no change between the two, and so sends nothing."""


NOTHING: Any = object()


@dataclass(frozen=True)
class CannotBeSaid:
    """No definition says it: the arguments are those of no field, or always have a value."""

    reason: str
    arguments: tuple[str, ...] = ()
    """Names of arguments that no field of the kinds has."""


@dataclass(frozen=True)
class ShownBy:
    """What a recorded case (`case NAME`) or another test (`FILE::NAME`, below `tests`) shows."""

    reason: str
    shown_by: str


MECHANISMS = "official/test_mechanisms.py::"
FROM_THE_TENANT = ShownBy(
    "drift is read from the tenant, and not from the provider's state",
    "drift/test_compare.py::test_a_change_of_any_field_is_found",
)


@dataclass(frozen=True)
class Requests(ShownBy):
    """More requests, which leave nothing behind beyond what the recorded cases and laws hold the stand-in to."""


@dataclass(frozen=True)
class Undecidable(ShownBy):
    """It depends on the tenant or on the state: `shown_by` names the test of what tells the user."""


Handling = Refused | NotTaken | SaidOtherwise | Settles | CannotBeSaid | ShownBy


@dataclass(frozen=True)
class Rule:
    """How some rules of the provider are handled: those of any of the kinds, in any of the phases, with this `when`."""

    kinds: str
    phases: str
    when: str
    """All of it, or a beginning that no other rule has."""
    handled: tuple[Handling, ...]

    @property
    def keys(self) -> Iterator[tuple[str, str]]:
        return ((kind, phase) for kind in self.kinds.split() for phase in self.phases.split())

    def __str__(self) -> str:
        return f"{self.kinds}: {self.phases}: {self.when}"


def rule(kinds: str, phases: str, when: str, *handled: Handling) -> Rule:
    """An entry of a table; kinds and phases are words with spaces between."""
    return Rule(kinds, phases, when, handled)


def matched(entry: Rule, rules: list[ProviderRule]) -> list[ProviderRule]:
    """The rules that an entry accounts for. Raises LookupError, with its text, if it is not one for each key."""
    found: list[ProviderRule] = []
    for kind, phase in entry.keys:
        same = [one for one in rules if (one.kind, one.phase) == (kind, phase)]
        exact = [one for one in same if one.when == entry.when]
        chosen = exact or [one for one in same if one.when.startswith(entry.when)]
        if len(chosen) != 1:
            raise LookupError(f"{len(chosen)} rules of {kind} in {phase} match: {entry.when}")
        found += chosen
    return found
