"""The scopes of each command."""

from __future__ import annotations

import pytest

from reconciler import watched
from reconciler.kinds import kind_named, scopes
from reconciler.least_privilege import COMMANDS, needs, of_all_commands, used_for

GROUP = (kind_named("group"),)
CHANGING = {"up", "repair", "rotate"}


@pytest.mark.parametrize("command", COMMANDS)
def test_only_commands_that_change_something_need_manage_scopes(command: str):
    manage = {scope for scope in needs(command).all if scope.endswith(".manage")}
    assert bool(manage) is (command in CHANGING)
    assert manage <= set(needs(command).needed)


@pytest.mark.parametrize("command", COMMANDS)
def test_fewer_kinds_need_fewer_scopes_but_are_shown_the_same(command: str):
    of_group, of_all = needs(command, GROUP), needs(command)
    assert set(of_group.needed) <= set(of_all.needed)
    assert not set(of_group.needed) & set(of_group.useful)
    if command not in CHANGING:
        assert of_group.all == of_all.all


def test_a_preview_needs_only_what_the_declared_kinds_refer_to():
    assert needs("preview", GROUP).needed == ("okta.groups.read", "okta.roles.read")
    assert needs("up", GROUP).needed == ("okta.groups.manage", "okta.groups.read", "okta.roles.read")


@pytest.mark.parametrize("command", ["drift", "adopt", "coverage"])
def test_whoever_looks_for_undeclared_objects_needs_to_read_all_kinds(command: str):
    assert set(needs(command, GROUP).needed) == scopes.to_read()


def test_all_commands_together_need_the_scopes_of_kinds_and_of_what_no_kind_covers():
    assert of_all_commands() == scopes.needed() | watched.scopes()


@pytest.mark.parametrize("scope", sorted(of_all_commands()))
def test_every_scope_is_for_something(scope: str):
    assert used_for(scope)
