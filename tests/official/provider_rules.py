"""The rules of the official provider, as read from its source, and the ways to handle them.

`PROVIDER-RULES.md` in `../shared` explains the rules. Tables of `Rule`s say how each rule is handled, and
`test_provider_rules.py` tests it. Every rule is in the tables exactly once.
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
    """A rule of the provider for one kind in one phase."""

    kind: str
    """The word of the kind in definitions; `*` for all kinds."""
    phase: str
    when: str
    result: str = dataclasses.field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind}: {self.phase} {self.result}: {self.when}"


def provider_rules() -> list[ProviderRule]:
    """The rules for the declared kinds and for all kinds; empty if `../shared` does not exist.

    Several effects of one condition are one rule.
    """
    if not RULES.is_file():
        return []
    words = {kind.resource: kind.name for kind in kinds()} | {"*": "*"}
    return list(
        dict.fromkeys(
            ProviderRule(words[rule["token"]], rule["phase"], rule["when"], rule["then"])
            for rule in json.loads(RULES.read_text())["rules"]
            if rule["token"] in words
        )
    )


@dataclass(frozen=True)
class Refused:
    """`validate` refuses `wrong` at its location, and the provider refuses it in the phases of the rule.

    Both accept `right`. Specs are changes to `USUAL`.
    """

    kind: str
    field: str
    """The location of the error, such as `rules[0].status`."""
    message: str
    """A part of the error's message."""
    wrong: Spec
    right: Spec = dataclasses.field(default_factory=dict)
    at: str = ""
    """The field that the provider names, if it differs from `field`."""


@dataclass(frozen=True)
class RefusedByValidate:
    """Only `validate` refuses it: the provider would accept it and do something else."""

    kind: str
    field: str
    message: str
    wrong: Spec
    right: Spec = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class WorkedAround:
    """The provider refuses it. `validate` accepts it, because `up` reaches the declared state in another way."""

    kind: str
    field: str
    wrong: Spec
    right: Spec = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Converges:
    """After `up`, the tenant is as declared: a second `up` sends nothing, and there is no drift.

    Specs are changes to `USUAL`. The test creates the object as `after`, and also updates it from `before` to `after`.
    """

    kind: str
    after: Spec = dataclasses.field(default_factory=dict)
    before: Spec = dataclasses.field(default_factory=dict)
    sends: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Members of the body (dotted paths) that the provider sends; `NOTHING` if it omits the member."""
    no_change: bool = False
    """Whether the provider sees no difference between `before` and `after`, and sends nothing."""


NOTHING: Any = object()


@dataclass(frozen=True)
class NotDeclarable:
    """Definitions cannot declare it: no field sets the arguments, or they always have a value."""

    reason: str
    arguments: tuple[str, ...] = ()
    """Names of arguments that no field of the kinds sets."""


@dataclass(frozen=True)
class ShownBy:
    """A recorded case (`case NAME`) or another test (`FILE::NAME`, below `tests`) covers the rule."""

    reason: str
    shown_by: str


MECHANISMS = "official/test_mechanisms.py::"
FROM_THE_TENANT = ShownBy(
    "drift detection reads the tenant, not the provider's state",
    "drift/test_compare.py::test_a_change_of_any_field_is_found",
)


@dataclass(frozen=True)
class Requests(ShownBy):
    """The rule only adds requests, which do not change the result."""


@dataclass(frozen=True)
class Undecidable(ShownBy):
    """The outcome depends on the tenant or the state: `shown_by` names the test of the message to the user."""


Handling = Refused | RefusedByValidate | WorkedAround | Converges | NotDeclarable | ShownBy


@dataclass(frozen=True)
class Rule:
    """How the provider's rules with this `when` are handled, for each of the kinds and phases."""

    kinds: str
    phases: str
    when: str
    """The full text, or a unique prefix of it."""
    handled: tuple[Handling, ...]

    @property
    def keys(self) -> Iterator[tuple[str, str]]:
        return ((kind, phase) for kind in self.kinds.split() for phase in self.phases.split())

    def __str__(self) -> str:
        return f"{self.kinds}: {self.phases}: {self.when}"


def rule(kinds: str, phases: str, when: str, *handled: Handling) -> Rule:
    """An entry of a table. Kinds and phases are separated by spaces."""
    return Rule(kinds, phases, when, handled)


def matched(entry: Rule, rules: list[ProviderRule]) -> list[ProviderRule]:
    """The rules that an entry handles. Raises LookupError unless there is exactly one for each kind and phase."""
    found: list[ProviderRule] = []
    for kind, phase in entry.keys:
        same = [one for one in rules if (one.kind, one.phase) == (kind, phase)]
        exact = [one for one in same if one.when == entry.when]
        chosen = exact or [one for one in same if one.when.startswith(entry.when)]
        if len(chosen) != 1:
            raise LookupError(f"{len(chosen)} rules of {kind} in {phase} match: {entry.when}")
        found += chosen
    return found
