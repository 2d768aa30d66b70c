"""What makes an authentication policy weaker: rules that ask for less, and rules that decide on more sign-ins.

Rules are in canonical form (`AuthenticationRule`), in the order in which Okta asks them: the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Rule = dict[str, Any]

_ONLY = (
    "groups_included",
    "network_connection",
    "network_includes",
    "platforms",
    "risk_score",
    "device_is_registered",
    "device_is_managed",
)
"""The conditions that say which sign-ins a rule decides on."""
_NOT = ("groups_excluded", "network_excludes")
"""The conditions that say which it does not decide on."""
_ALL = (None, "ANY", "ANYWHERE", "everyone")
"""The values of a condition that every sign-in meets."""


def weaker(declared: Sequence[Rule], live: Sequence[Rule]) -> bool:
    """Whether the live rules ask some sign-in for fewer or weaker factors than the declared ones."""
    now = {rule["name"]: rule for rule in live}
    names = {rule["name"] for rule in declared}
    added = [rule for rule in live if rule["name"] not in names]
    if any(_lets_in(rule, "1FA") for rule in added) and any(_lets_in(rule, "2FA") for rule in declared):
        return True
    return any(
        _weaker_rule(rule, now.get(rule["name"]), declared[position:])
        for position, rule in enumerate(declared, start=1)
    )


def _lets_in(rule: Rule, factor_mode: str) -> bool:
    """Whether a rule applies, and lets people in who show this much."""
    return bool(rule["status"] == "ACTIVE" and rule["access"] == "ALLOW" and rule["factor_mode"] == factor_mode)


def _weaker_rule(declared: Rule, live: Rule | None, later: Sequence[Rule]) -> bool:
    """Whether a rule is gone or weaker than declared; `later` are the declared rules that are asked after it."""
    if live is None or live["status"] == "INACTIVE":
        return bool(declared["status"] == "ACTIVE")
    if declared["access"] == live["access"] == "DENY":
        return _decides_on_more(live, declared)
    return _asks_for_less(live, declared) or (_decides_on_more(declared, live) and _spares(live, later))


def _asks_for_less(rule: Rule, other: Rule) -> bool:
    """Whether a rule asks for less than another; a rule that keeps people out asks for most."""
    if "DENY" in (rule["access"], other["access"]):
        return bool(rule["access"] == "ALLOW")
    fewer = bool(other["factor_mode"] == "2FA" and rule["factor_mode"] == "1FA")
    return fewer or demands(rule["constraints"]) < demands(other["constraints"])


_PROOFS = {"knowledge": 1, "possession": 2}
"""What each part of a set of factors is worth: something that one has is harder to come by than something one knows."""


def demands(constraints: Any) -> int:
    """How much the least demanding of several sets of factors asks for; people choose among them.

    What is no list of sets, in a baseline or in a rule that Okta made, asks for nothing that is known.
    """
    sets = [one for one in constraints if isinstance(one, dict)] if isinstance(constraints, list | tuple) else []
    return min((sum(_worth(one)) for one in sets), default=0)


def _worth(value: dict[str, Any]) -> Iterator[int]:
    for key, item in value.items():
        if isinstance(item, dict):
            yield _PROOFS.get(key, 0)
            yield from _worth(item)
        else:
            yield item == "REQUIRED" or (key == "required" and item is True)


def _spares(rule: Rule, later: Sequence[Rule]) -> bool:
    """Whether a rule lets in with less than a later one asks for; the last is the catch-all rule, with two factors."""
    if rule["access"] == "DENY":
        return False
    return rule["factor_mode"] == "1FA" or any(
        _asks_for_less(rule, other) for other in later if other["status"] == "ACTIVE"
    )


def _decides_on_more(before: Rule, after: Rule) -> bool:
    """Whether a change of its conditions makes a rule decide on sign-ins that it left to others.

    Of an expression nobody can tell what it comes to, unless it is gone.
    """
    return (
        any(_opened(_values(before, condition), _values(after, condition)) for condition in _ONLY)
        or any(set(before.get(condition) or ()) - set(after.get(condition) or ()) for condition in _NOT)
        or bool(before.get("custom_expression") and not after.get("custom_expression"))
    )


def _values(rule: Rule, condition: str) -> list[Any]:
    """The values with which a sign-in meets a condition; empty for any."""
    value = rule.get(condition)
    values = value if isinstance(value, list) else [value]
    return [] if any(one in _ALL for one in values) else values


def _opened(before: list[Any], after: list[Any]) -> bool:
    """Whether a condition is met by what did not meet it."""
    return bool(before) and (not after or any(not any(_covers(old, new) for old in before) for new in after))


def _covers(one: Any, other: Any) -> bool:
    """Whether a value is another, or, for kinds of devices, holds it."""
    if isinstance(one, dict):
        return all(value in ("ANY", "", other[name]) for name, value in one.items())
    return bool(one == other)
