"""The sentences of effects: counts of people, names of objects, singular and plural."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.engine.changes import Operation
from reconciler.kinds import Kind, kind_of_word
from reconciler.okta.snapshot import LiveObject
from reconciler.plan import AffectedObject, PlannedChange

_SHOWN = 8
"""How many names a sentence has at most. The effect has them all."""


def people(count: int | None, *, at_most: bool = False) -> str:
    """The number of people: `30 people`, `up to 30 people`, `nobody`."""
    match count:
        case None:
            return "an unknown number of people"
        case 0:
            return "nobody"
        case 1:
            return "up to 1 person" if at_most else "1 person"
        case _:
            return f"up to {count} people" if at_most else f"{count} people"


def verb(count: int | None, singular: str, plural: str) -> str:
    """The form of a verb after a number of people."""
    return singular if count in (0, 1) else plural


def number(count: int, noun: str) -> str:
    """A number of things: `1 app`, `2 policies`."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural(noun)}"


def plural(noun: str) -> str:
    """The plural of the name of a kind."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def listed(names: Iterable[str]) -> str:
    """Names, separated by commas."""
    found = list(names)
    if len(found) <= _SHOWN:
        return ", ".join(found)
    return f"{', '.join(found[: _SHOWN - 1])} and {len(found) - _SHOWN + 1} more"


def noun(kind: Kind) -> str:
    """The word for objects of a kind: `app` for all apps, `group rule`."""
    return kind.shape.others or kind.name.replace("-", " ")


def shown(one: AffectedObject) -> str:
    """The name of an object, and whether it is not managed."""
    return one.name if one.managed else f"{one.name} (not managed)"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def word_of(one: AffectedObject) -> str:
    """The word for the kind of an object."""
    return noun(kind_of_word(one.kind))


def subject(one: AffectedObject) -> str:
    """`the app payroll`, `the app Wiki (not managed)`."""
    return f"the {word_of(one)} {shown(one)}"


def named(item: LiveObject) -> str:
    """`the group Staff`, with Okta's name."""
    return f"the {noun(item.kind)} {item.label}"


def is_switched_off(change: PlannedChange) -> bool:
    """Whether a change makes an active object inactive."""
    return any(one.field == "status" and (one.old, one.new) == ("ACTIVE", "INACTIVE") for one in change.fields)


def as_long_as(change: PlannedChange) -> str:
    """How long the effects of a change last, if they end."""
    match change.operation:
        case Operation.REPLACE:
            return " until it is created again"
        case Operation.UPDATE if is_switched_off(change):
            return " while it is INACTIVE"
        case _:
            return ""


def groups(names: Sequence[str]) -> str:
    """`the group Staff`, `the groups Staff, Managers`."""
    return f"the group {listed(names)}" if len(names) == 1 else f"the groups {listed(names)}"
