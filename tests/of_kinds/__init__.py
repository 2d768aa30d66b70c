"""One module for each kind, with its own tests and what the general tests need to know about it.

A module `test_<kind>.py` calls `about` once for each kind that it is about. The general tests find all of them here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

OMIT: Any = object()
"""In a variant: leave the field out."""

Variant = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class About:
    """What the general tests need to know about a kind."""

    kind: str
    usual: Mapping[str, Any]
    """A small valid spec."""
    harmless: frozenset[str] = frozenset()
    """The fields whose change gives no access and hides nothing, or that cannot be changed in Okta."""
    variants: Mapping[str, Mapping[str, Variant]] = field(default_factory=dict)
    """Where one definition cannot set every field: which variants there are, and what each fixes or leaves out. The key
    is empty for the kind itself, or the path of a structure such as `attribute_statements`."""
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields of a variant that Okta requires although the kind does not."""
    system: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """The objects that every tenant has, by their names in definitions, as the API returns them."""
    owner: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the owner of `usual` that differ from the usual ones of its kind; `OMIT` leaves one out."""
    surroundings: tuple[dict[str, Any], ...] = ()
    """Documents that `usual` refers to."""
    rules: tuple[Any, ...] = ()
    """How each rule of the provider for the kind is handled (see `tests.official.provider_rules`)."""
    attacks: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """For each rule of risks, by its id: findings to which it applies (see `tests.drift.ratings`)."""
    innocent: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Findings to which the rule does not apply."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Fields (dotted paths) that cannot be changed in Okta, each with the reason."""
    unset: Mapping[str, str] = field(default_factory=dict)
    """Fields (dotted paths) that no variant sets, each with the reason."""
    changes_along: Mapping[str, str] = field(default_factory=dict)
    """Fields (dotted paths) with which Okta changes another field."""
    besides: Mapping[str, Any] = field(default_factory=dict)
    """The members by which the kind claims its items from a list, if they are no fields."""
    distinct: tuple[str, ...] = ()
    """The fields, besides the one with the name, in which no two objects may agree."""
    looked_up: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The lists that the provider reads before it writes an object, by their path, if their items matter."""
    another: Mapping[str, Any] = field(default_factory=dict)
    """What another object has instead, if other texts in the field with the name and in `distinct` are not enough."""


_known: list[About] = []


def about(**facts: Any) -> About:
    """Tell the general tests about a kind."""
    _known.append(one := About(**facts))
    return one


@cache
def all_about() -> Mapping[str, About]:
    """What is known about each kind, by its name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return {one.kind: one for one in _known}
