"""Who loses or gains access: to apps by groups, to groups by rules, to tokens as a client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.engine.changes import Operation
from reconciler.impact.surroundings import Surroundings, Use, objects_of
from reconciler.impact.wording import (
    as_long_as,
    groups,
    listed,
    named,
    number,
    people,
    sentence,
    shown,
    subject,
    verb,
    word_of,
)
from reconciler.kinds.fields import Purpose
from reconciler.kinds.relations import Reference
from reconciler.okta.snapshot import LiveObject
from reconciler.plan import AffectedObject, Effect, PlannedChange


def of_removed_group(
    around: Surroundings, change: PlannedChange, item: LiveObject, uses: Sequence[Use]
) -> Iterator[Effect]:
    """The apps that the members of a removed group lose."""
    lost = [use for use in uses if use.reference.relates.purpose is Purpose.ACCESS]
    if not lost:
        return
    count = around.people([(item.kind.name, item.id)])
    names = listed(_with_other_groups(around, use) for use in lost)
    word = word_of(lost[0].object)
    what = f"the {word} {names}" if len(lost) == 1 else number(len(lost), word)
    end = "" if len(lost) == 1 else f": {names}"
    text = f"{people(count, at_most=True)} {verb(count, 'loses', 'lose')} {what} with {named(item)}{end}"
    yield Effect(change.address, "access-lost", sentence(text), count, at_most=True, objects=objects_of(lost))


def _with_other_groups(around: Surroundings, use: Use) -> str:
    """The name of an app, with the groups that stay assigned."""
    others = [other for other in use.reference.others if not around.goes(use.reference.kind, other)]
    if not others:
        return shown(use.object)
    names = listed(around.name(use.reference.kind, other) for other in others)
    managed = "" if use.object.managed else "not managed; "
    return f"{use.object.name} ({managed}still assigned to {names})"


def of_removed_app(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """The people who lose an app, and its client id."""
    given = _given(around, item, Purpose.ACCESS)
    if given:
        of = [(one.kind, one.token) for one in given]
        count, names = around.people(of), groups([around.name(*one) for one in of])
        who = f"{people(count, at_most=True)} {verb(count, 'loses', 'lose')}"
        text = f"{who} {subject(around.affected(item))}{as_long_as(change)}: it is assigned to {names}"
        yield Effect(
            change.address, "access-lost", sentence(text), count, at_most=True, objects=_targets(around, given)
        )
    client = item.kind.client_id(dict(item.json))
    if client and change.removes:
        new = ", and the new app gets another one" if change.operation is Operation.REPLACE else ""
        text = f"the client id {client} of {named(item)} stops working{new}"
        yield Effect(change.address, "client-id-lost", sentence(text))


def of_removed_rule(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """The people whom a group rule assigned. They stay in its groups: the provider deletes it without `removeUsers`.

    Okta's support article "What Happens If Group Rules Are Deactivated and Deleted": users whom a rule added are not
    removed from the groups when it is deactivated, nor, unless that is asked for, when it is deleted.
    """
    kept = {one.token for one in around.after(change) if one.relates.purpose is Purpose.MEMBERSHIP}
    for one in _given(around, item, Purpose.MEMBERSHIP):
        if item.json.get("status") != "ACTIVE" or around.goes(one.kind, one.token):
            continue
        count, group = around.people([(one.kind, one.token)]), around.name(one.kind, one.token)
        others = [use for use in around.uses(one.kind, one.token) if _also_assigns(around, use, item)]
        if change.operation is Operation.REPLACE and one.token in kept:
            end = f"the new rule takes over those who match its expression; people join {group} only after it has run"
        elif others:
            end = f"only {listed(use.name for use in others)} still assigns people to it"
        else:
            end = "no rule adds or removes people there any more"
        text = f"{people(count, at_most=True)} whom {named(item)} assigned {verb(count, 'stays', 'stay')} in the group \
{group}: {end}"
        if count == 0:
            text = f"the group {group}, to which {named(item)} assigns people, has no members now: {end}"
        where = (around.affected_by_id(one.kind, one.token),)
        yield Effect(change.address, "memberships-remain", sentence(text), count, at_most=True, objects=where)


def _also_assigns(around: Surroundings, use: Use, item: LiveObject) -> bool:
    active = use.item.json.get("status") == "ACTIVE"
    return use.reference.relates.purpose is Purpose.MEMBERSHIP and active and use.item.id != item.id


def of_removed_clients(around: Surroundings, change: PlannedChange, item: LiveObject) -> Iterator[Effect]:
    """The clients that get no more tokens from a server, or by a policy."""
    given = _given(around, item, Purpose.CLIENT)
    if given:
        yield _clients_lose(around, change, given, f"by {named(item)}{as_long_as(change)}")


def of_changed_relations(around: Surroundings, change: PlannedChange) -> Iterator[Effect]:
    """The people and clients who lose or gain access by a change that removes no object."""
    before, after = around.before(change), around.after(change)
    lost, gained = _without(before, after), _without(after, before)
    app = around.affected(change.item) if change.item else _declared(around, change)
    for groups_, end, form in (
        (_access(lost), "lost", ("loses", "lose")),
        (_access(gained), "gained", ("gains", "gain")),
    ):
        left = [one for one in groups_ if not around.goes(one.kind, one.token)]  # the effects of the group cover them
        if left:
            of = [(one.kind, one.token) for one in left]
            count = around.people(of)
            names = groups(list(map(around.name_of, left)))
            who = f"{people(count, at_most=True)} {verb(count, *form)} {subject(app)}"
            text = f"{who}: {names} {'is' if len(of) == 1 else 'are'} {_assigned(around, end, after)}"
            yield Effect(change.address, f"access-{end}", sentence(text), count, at_most=True, objects=(app,))
    clients = [one for one in lost if one.relates.purpose is Purpose.CLIENT and not around.goes(one.kind, one.token)]
    if clients:
        yield _clients_lose(around, change, clients, f"by {subject(app)}")


def _assigned(around: Surroundings, end: str, after: Iterable[Reference]) -> str:
    if end == "gained":
        return "assigned"
    others = [around.name_of(one) for one in _access(after)]
    return f"no longer assigned; still assigned: {listed(others)}" if others else "no longer assigned, nor is any other"


def _access(found: Iterable[Reference]) -> list[Reference]:
    return [one for one in found if one.relates.purpose is Purpose.ACCESS]


def _without(one: Iterable[Reference], other: Iterable[Reference]) -> list[Reference]:
    known = {(each.kind, each.token, each.relates.purpose) for each in other}
    return [each for each in one if (each.kind, each.token, each.relates.purpose) not in known]


def _declared(around: Surroundings, change: PlannedChange) -> AffectedObject:
    """An object that is created; for a whole list, its owner."""
    declaration = change.declaration
    if declaration and declaration.parent and change.kind.shape.part_of_owner:
        declaration = around.plan.desired.declarations[declaration.parent]
    address = declaration.address if declaration else change.address
    return AffectedObject(address.kind, address.name, around.identity(*address), managed=True)


def _clients_lose(around: Surroundings, change: PlannedChange, clients: Sequence[Reference], by: str) -> Effect:
    targets = _targets(around, clients)
    text = f"{number(len(targets), 'client')} {verb(len(targets), 'gets', 'get')} no more tokens {by}"
    return Effect(change.address, "clients-lose-tokens", f"{text}: {listed(map(shown, targets))}", objects=targets)


def _given(around: Surroundings, item: LiveObject, purpose: Purpose) -> list[Reference]:
    """What an object and its children refer to for a purpose, each once."""
    found = {
        (one.kind, one.token): one
        for owner in (item, *around.below(item))
        for one in around.references_of(owner)
        if one.relates.purpose is purpose
    }
    return [found[key] for key in sorted(found, key=lambda key: around.name(*key))]


def _targets(around: Surroundings, found: Iterable[Reference]) -> tuple[AffectedObject, ...]:
    return tuple(around.affected_by_id(one.kind, one.token) for one in found)
