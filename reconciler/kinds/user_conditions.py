"""Conditions of policy rules that name single users."""

from __future__ import annotations

from typing import Annotated, ClassVar

from reconciler.kinds.fields import Api, Argument
from reconciler.kinds.part import Part
from reconciler.kinds.people import People
from reconciler.kinds.risks import Change, Risk, changed
from reconciler.kinds.sign_in_strength import pairs
from reconciler.kinds.threats import PEOPLE_EXEMPTED

INCLUDED = "conditions.people.users.include"
EXCLUDED = "conditions.people.users.exclude"


class ExceptUsers(Part):
    """A rule that does not apply to some users."""

    risks: ClassVar[tuple[Risk, ...]] = (changed(PEOPLE_EXEMPTED, "users_excluded"),)

    users_excluded: Annotated[People, Api(EXCLUDED), Argument("users_excludeds")] = frozenset()
    """Logins of users that the rule does not apply to."""


class ForUsers(ExceptUsers):
    """A rule that applies to some users besides members of groups, or does not apply to some."""

    risks: ClassVar[tuple[Risk, ...]] = (changed(PEOPLE_EXEMPTED, "users_included"),)

    users_included: Annotated[People, Api(INCLUDED), Argument("users_includeds")] = frozenset()
    """Logins of users that the rule applies to, besides the members of its groups."""


def rules_name_other_users(change: Change) -> bool:
    """Whether a rule of a list names other users than declared."""
    both = pairs(change.expected or (), change.actual or ())
    names = ("users_included", "users_excluded")
    return any((before.get(name) or []) != (now.get(name) or []) for before, now in both for name in names)
