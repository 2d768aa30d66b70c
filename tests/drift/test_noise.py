"""Two reads of an unchanged tenant give no finding, whatever Okta writes differently the second time."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.kinds import kinds
from reconciler.kinds.entries import models
from reconciler.kinds.mapping import Vocabulary, schema
from tests.drift.recorded_tenant import Lists, copied, kept, recorded

_IN_ORDER = {
    field.places[Vocabulary.API][0][-1]
    for kind in kinds()
    for model in models(kind)
    for part in (model, *(one.part for one in schema(model) if one.part and not one.owns))
    for field in schema(part)
    if field.shape == "list" and Vocabulary.API in field.places
} | {"criteria", "next"}
"""The members with a list whose order is declared."""


_FREE = {"profile"}
"""The members with a mapping that definitions cover completely: a new member is a user's change."""


class Noise:
    """Different ways in which Okta may write the same object."""

    def __init__(self, seed: int) -> None:
        self._choice = Random(seed)

    def often(self) -> bool:
        return self._choice.random() < 0.3

    def lists(self, lists: Lists) -> Lists:
        told = {
            asked: [self.item(item) for item in items] if isinstance(items, list) else items
            for asked, items in copied(lists).items()
        }
        for items in (found for found in told.values() if isinstance(found, list)):
            self._choice.shuffle(items)
            self.release(items)
        return told

    def item(self, item: dict[str, Any]) -> dict[str, Any]:
        for time in ("created", "lastMembershipUpdated"):
            if time in item:
                item[time] = "2030-01-01T00:00:00.000Z"
        if self.often():
            item["_links"] = {**(item.get("_links") or {}), "more": {"href": "https://elsewhere.example/x"}}
        if "issuer" in item and self.often():
            item["issuer"] = item["issuer"].replace("127.0.0.1", "login.acme.example")
        if policy := (item.get("_links") or {}).get("accessPolicy"):
            policy["href"] = policy["href"].replace("127.0.0.1", "login.acme.example")
        if self.often():
            item["orn"] = "orn:okta:elsewhere"
        told: dict[str, Any] = self.value(item, "")
        return told

    def value(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            keys = [*value]
            self._choice.shuffle(keys)
            said = {key: self.value(value[key], key) for key in keys if not self.is_left_out(value[key])}
            if name in _FREE and "name" not in value:  # the profile of a group says its name, and no definition more
                return said
            return said | ({f"quiet{self._choice.randrange(9)}": self.empty()} if self.often() else {})
        if isinstance(value, list):
            said_list = [self.value(one, "") for one in value]
            if name not in _IN_ORDER:
                self._choice.shuffle(said_list)
            return None if not said_list and self.often() else said_list
        return value

    def is_left_out(self, value: Any) -> bool:
        return value in (None, [], {}) and self.often()

    def empty(self) -> Any:
        return self._choice.choice([None, [], {}])

    def release(self, items: list[dict[str, Any]]) -> None:
        """Members that Okta gives to all of a list, or to some, wherever objects say when they were updated."""
        if not all("lastUpdated" in item for item in items):
            return
        value = self._choice.choice(["off", False, 0, ["a", "b"]])
        for item in items:
            for name, inside in item.items():
                if isinstance(inside, dict) and inside and name not in _FREE and self.often():
                    inside["releasedInside"] = value
            for inside in _structures(item):
                inside["releasedDeep"] = value
            if self.often():
                item["released"] = value

    def pages(self, asked: str, items: list[Any]) -> list[list[Any]]:
        """Pages of any size, some of which begin with the last item of the one before."""
        pages: list[list[Any]] = []
        rest = [*items]
        while rest:
            size = self._choice.randint(1, 5)
            again = pages[-1][-1:] if pages and self.often() else []
            pages.append(again + rest[:size])
            rest = rest[size:]
        return pages or [[]]


def _structures(item: Any) -> list[dict[str, Any]]:
    """The items of lists deep inside an object."""
    found: list[dict[str, Any]] = []
    for key, value in item.items() if isinstance(item, dict) else ():
        if key in ("_links", "_embedded"):
            continue
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, dict)]
        found += _structures(value)
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1))
@example(seed=1)
def test_meaningless_differences_are_not_reported(seed: int):
    known = kept(recorded().read())
    noise = Noise(seed)
    again = recorded().read(noise.lists(recorded().lists), noise.pages)
    found = recorded().findings(known, again)
    assert [(one.subject, one.expected, one.actual, one.detail) for one in found] == []


def test_the_order_of_rules_and_of_redirects_is_kept():
    assert {"redirect_uris", "constraints"} <= _IN_ORDER
    assert "audiences" not in _IN_ORDER
