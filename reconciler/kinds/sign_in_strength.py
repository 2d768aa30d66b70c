"""What makes an authentication policy weaker: rules that ask for less, and rules that decide on more sign-ins.

Rules are in canonical form (`AuthenticationRule`), in the order in which Okta asks them: the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.kinds.durations import longer

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
    live = _by_declared_names(declared, live)
    now = {rule["name"]: rule for rule in live}
    names = {rule["name"] for rule in declared}
    added = [rule for rule in live if rule["name"] not in names]
    if any(_lets_in(rule, "1FA") for rule in added) and any(_lets_in(rule, "2FA") for rule in declared):
        return True
    return _comes_first(declared, live) or any(
        _weaker_rule(rule, now.get(rule["name"]), declared[position:])
        for position, rule in enumerate(declared, start=1)
    )


def pairs(declared: Sequence[Rule], live: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Each rule that is declared and still there, as declared and as it is now."""
    now = {rule["name"]: rule for rule in _by_declared_names(declared, live)}
    return ((rule, now[rule["name"]]) for rule in declared if rule["name"] in now)


def undeclared(declared: Sequence[Rule], live: Sequence[Rule]) -> list[Rule]:
    """The rules that decide and that nobody declared."""
    names = {rule["name"] for rule in declared}
    return [
        rule for rule in _by_declared_names(declared, live) if rule["name"] not in names and rule["status"] == "ACTIVE"
    ]


def asked_less_often(before: Rule, after: Rule) -> bool:
    """Whether a rule lets a sign-in count for longer."""
    return (
        any(longer(before.get(member), after.get(member)) for member in _TIMES)
        or any(longer(old, new) for old, new in zip(_inner_times(before), _inner_times(after), strict=False))
        or _stays_signed_in(after.get("keep_me_signed_in")) > _stays_signed_in(before.get("keep_me_signed_in"))
    )


_TIMES = ("re_authentication_frequency", "inactivity_period")


def _inner_times(rule: Rule) -> list[str | None]:
    """How long each factor of each set counts."""
    sets = rule.get("constraints") or ()
    return [(one.get(part) or {}).get("reauthenticate_in") for one in sets for part in _PROOFS]


def _stays_signed_in(value: Any) -> bool:
    return isinstance(value, dict) and value.get("post_auth") == "ALLOWED"


def withstands_phishing(rules: Sequence[Rule]) -> bool:
    """Whether every rule that lets people in asks for a factor that withstands phishing, or is held by hardware."""
    ways_in = [rule for rule in rules if rule["status"] == "ACTIVE" and rule["access"] == "ALLOW"]
    return bool(ways_in) and all(
        rule["constraints"] and all(_is_strong(one) for one in rule["constraints"]) for rule in ways_in
    )


def _is_strong(constraint: dict[str, Any]) -> bool:
    possession = constraint.get("possession") or {}
    return "REQUIRED" in (possession.get("phishing_resistant"), possession.get("hardware_protection"))


def _by_declared_names(declared: Sequence[Rule], live: Sequence[Rule]) -> list[Rule]:
    """The live rules; one in which nothing but its name was changed has the declared name."""
    names = {rule["name"] for rule in live}
    lost = [rule for rule in declared if rule["name"] not in names]
    known = {rule["name"] for rule in declared}
    result: list[Rule] = []
    for rule in live:
        was = next((one for one in lost if one | {"name": rule["name"]} == rule), None)
        if rule["name"] not in known and was is not None:
            lost.remove(was)
            rule = rule | {"name": was["name"]}
        result.append(rule)
    return result


def _comes_first(declared: Sequence[Rule], live: Sequence[Rule]) -> bool:
    """Whether a rule that asks for less is now asked before one that asks for more, and was not."""
    places = {rule["name"]: place for place, rule in enumerate(declared)}
    after = len(places)  # a rule that nobody declared came last
    active = [rule for rule in live if rule["status"] == "ACTIVE"]
    return any(
        places.get(rule["name"], after) > places.get(other["name"], after) and _asks_for_less(rule, other)
        for place, rule in enumerate(active)
        for other in active[place + 1 :]
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
    return (
        _asks_for_less(live, declared)
        or (live["access"] == "ALLOW" and admits_more(declared["constraints"], live["constraints"]))
        or (_decides_on_more(declared, live) and _spares(live, later))
        or (_decides_on_more(live, declared) and _is_spared(declared, later))
    )


def _asks_for_less(rule: Rule, other: Rule) -> bool:
    """Whether a rule asks for less than another; a rule that keeps people out asks for most."""
    if "DENY" in (rule["access"], other["access"]):
        return bool(rule["access"] == "ALLOW")
    fewer = bool(other["factor_mode"] == "2FA" and rule["factor_mode"] == "1FA")
    before, now = other["constraints"], rule["constraints"]
    return fewer or demands(now) < demands(before)


def admits_more(before: Sequence[dict[str, Any]], now: Sequence[dict[str, Any]]) -> bool:
    """Whether sets of factors, as many as before, are satisfied by what did not satisfy the part of them."""
    if len(before) != len(now):
        return False
    both = zip(before, now, strict=True)
    return any(_admits_more(old.get(part), new.get(part)) for old, new in both for part in _PROOFS)


def _admits_more(before: dict[str, Any] | None, now: dict[str, Any] | None) -> bool:
    if not before or not now:  # one part less, or one more, is told by what the set demands
        return False
    return any(_opened(before.get(member) or [], now.get(member) or []) for member in _ADMITTED) or any(
        one not in (now.get(_REFUSED) or []) for one in before.get(_REFUSED) or []
    )


_ADMITTED = ("types", "authentication_methods")
_REFUSED = "excluded_authentication_methods"


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


_CATCH_ALL: Rule = {"name": "", "access": "ALLOW", "factor_mode": "2FA", "constraints": [], "status": "ACTIVE"}
"""What Okta's own last rule asks for, unless somebody changed it."""


def _is_spared(rule: Rule, later: Sequence[Rule]) -> bool:
    """Whether a sign-in on which a rule no longer decides may be asked for less by one after it."""
    if rule["access"] == "DENY" or rule["factor_mode"] == "1FA":
        return False
    return any(_asks_for_less(other, rule) for other in (*later, _CATCH_ALL) if other["status"] == "ACTIVE")


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
