"""The admin role that goes with scopes."""

from __future__ import annotations

import pytest

from reconciler.kinds import scopes
from reconciler.kinds.admin_permissions import PERMISSIONS, admin_role, grant
from reconciler.least_privilege import of_all_commands


@pytest.mark.parametrize("scope", sorted(of_all_commands()))
def test_every_scope_has_a_permission_or_a_standard_role(scope: str):
    given = grant(scope)
    assert given.name.startswith("okta.") is given.is_permission
    if scope.endswith(".read"):
        assert given.name.endswith(".read") or given.name in ("READ_ONLY_ADMIN", "REPORT_ADMIN")


def test_permissions_are_for_known_scopes():
    assert {f"{scope}.read" for scope in PERMISSIONS} <= of_all_commands()


def test_permissions_suffice_for_groups_and_apps():
    role = admin_role(["okta.groups.read", "okta.groups.manage", "okta.apps.read"])
    assert role.standard is None
    assert role.permissions == ("okta.apps.read", "okta.groups.manage", "okta.groups.read")
    assert role.resources == ("/api/v1/apps", "/api/v1/groups")
    assert role.without_path == ()


def test_a_permission_whose_resources_have_no_path_is_told_apart():
    role = admin_role(["okta.groups.read", "okta.policies.read"])
    assert (role.permissions, role.without_path) == (("okta.groups.read",), ("okta.policies.read",))


def test_the_system_log_needs_less_than_what_has_no_permission():
    assert admin_role(["okta.groups.read", "okta.logs.read"]).standard == "REPORT_ADMIN"
    role = admin_role(["okta.groups.read", "okta.logs.read", "okta.captchas.read"])
    assert (role.standard, role.because, role.permissions) == ("READ_ONLY_ADMIN", ("okta.captchas.read",), ())


def test_reading_everything_takes_no_role_that_changes_anything():
    role = admin_role(scopes.to_read() | scopes.to_attribute())
    assert role.standard == "READ_ONLY_ADMIN"
    assert role.without_path == ("okta.iam.read",), "only super administrators see administrators"


def test_only_super_administrators_give_admin_roles():
    assert admin_role(["okta.schemas.manage", "okta.groups.manage"]).standard == "ORG_ADMIN"
    role = admin_role(["okta.roles.manage", "okta.groups.manage", "okta.schemas.manage"])
    assert (role.standard, role.because, role.permissions) == ("SUPER_ADMIN", ("okta.roles.manage",), ())
