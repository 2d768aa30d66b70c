"""The OAuth scopes that the kinds need."""

from __future__ import annotations

import re

import pytest

from reconciler.kinds import kind_named, kinds, path_levels, scopes
from reconciler.kinds.mapping import schema
from reconciler.kinds.scopes import Scopes, scopes_of

KINDS = pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.name)


def referred(model):
    """The kinds to which the fields of a model refer, at any depth."""
    for field in schema(model):
        if field.ref:
            yield from field.refers_to
        if field.part and not field.owns:
            yield from referred(field.part)


@KINDS
def test_kind_reads_itself_its_owners_and_referenced_kinds(kind):
    for level in (*path_levels(kind), *map(kind_named, referred(kind.fields))):
        assert f"{level.shape.scope}.read" in scopes_of(kind).read


@KINDS
def test_every_manage_scope_has_its_read_scope(kind):
    needed = scopes_of(kind)
    assert f"{kind.shape.scope}.manage" in needed.manage
    assert {scope.replace(".manage", ".read") for scope in needed.manage} <= set(needed.read)


@KINDS
def test_scopes_have_the_form_of_okta(kind):
    needed = scopes_of(kind)
    assert all(re.fullmatch(r"okta\.[a-zA-Z]+\.read", scope) for scope in needed.read)
    assert all(re.fullmatch(r"okta\.[a-zA-Z]+\.manage", scope) for scope in needed.manage)
    assert needed == Scopes(tuple(sorted(set(needed.read))), tuple(sorted(set(needed.manage))))


def test_scopes_include_references_and_related_objects():
    """The policy and the hook of an app, its groups, and the apps of a deleted policy."""
    assert scopes_of(kind_named("saml-app")) == Scopes(
        ("okta.apps.read", "okta.inlineHooks.read", "okta.policies.read"), ("okta.apps.manage",)
    )
    assert "okta.groups.read" in scopes_of(kind_named("app-group-assignments")).read
    assert scopes_of(kind_named("authentication-policy")).manage == ("okta.apps.manage", "okta.policies.manage")


def test_reading_needs_no_manage_scope():
    assert all(scope.endswith(".read") for scope in scopes.to_read() | scopes.to_attribute())
    assert scopes.to_read() < scopes.to_change()
    assert scopes.needed() == scopes.to_change() | scopes.to_attribute()
    assert "okta.logs.read" in scopes.needed()
