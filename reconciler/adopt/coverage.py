"""Coverage: the share of a tenant's objects that is managed, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.adopt.adoption import family_of
from reconciler.definitions.model import Environment
from reconciler.kinds import kinds
from reconciler.matching import StateMatch, is_own_app
from reconciler.okta.snapshot import LiveObject, Snapshot


@dataclass(frozen=True, slots=True)
class Count:
    """Numbers of objects, of one kind or of several."""

    managed: int = 0
    """In the state."""
    unmanaged: int = 0
    """Not declared, not applied yet, or only observed."""
    made_by_okta: int = 0

    @property
    def share(self) -> float | None:
        """The managed share of the objects that can be managed, from 0 to 1; None if there are none."""
        own = self.managed + self.unmanaged
        return self.managed / own if own else None

    def __add__(self, other: Count) -> Count:
        return Count(
            self.managed + other.managed, self.unmanaged + other.unmanaged, self.made_by_okta + other.made_by_okta
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of a tenant that is managed."""

    environment: str
    url: str
    counts: Mapping[str, Count]
    """By kind, in the order of the registry; only kinds that have objects."""
    outside: Mapping[str, int]
    """Objects that no kind covers, by family (apps: by sign-on mode), without those that Okta made."""
    unreadable: tuple[str, ...]
    """What could not be read; it is not counted."""
    watched: Mapping[str, int] = field(default_factory=dict)
    """Items that no kind covers and that drift detection watches, by the word of their collection."""
    not_visible: Mapping[str, str] = field(default_factory=dict)
    """The collections that the credentials may not read, by their word, with the reason."""

    @property
    def total(self) -> Count:
        """All kinds together."""
        return sum(self.counts.values(), Count())


def coverage(in_state: StateMatch, live: Snapshot) -> Coverage:
    """Count the objects of a full snapshot."""
    desired = in_state.desired
    managed = {(address.kind, identity) for address, identity in in_state.ids.items() if not desired.observes(address)}
    counts = {kind.name: _count(live.objects.get(kind.name, ()), managed, desired.environment) for kind in kinds()}
    outside = Counter(family_of(one.json) for one in live.outside if not one.built_in)
    return Coverage(
        desired.environment.name,
        desired.environment.url,
        {kind: count for kind, count in counts.items() if count != Count()},
        dict(sorted(outside.items())),
        (
            *(
                f"{gap.kind.name}{f' of {gap.owner_id}' if gap.owner_id else ''}: {gap.reason}"
                for gap in live.unreadable
            ),
            *(f"{gap.row.word}: {gap.reason}" for gap in live.watched.hidden if not (gap.forbidden or gap.owners)),
        ),
        live.watched.counts,
        live.watched.not_visible,
    )


def _count(objects: Iterable[LiveObject], managed: set[tuple[str, str]], environment: Environment) -> Count:
    found = Counter(_class(item, managed, environment) for item in objects)
    return Count(found["managed"], found["unmanaged"], found["made by Okta"])


def _class(item: LiveObject, managed: set[tuple[str, str]], environment: Environment) -> str:
    if (item.kind.name, item.id) in managed:
        return "managed"
    if item.built_in or item.untouched:
        return "made by Okta"
    return "none" if item.is_empty_list or is_own_app(item, environment) else "unmanaged"
