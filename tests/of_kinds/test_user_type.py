"""User types."""

from __future__ import annotations

from tests.of_kinds import about
from tests.official.provider_rules import Requests, rule

_LINKS = {"schema": {"href": "https://acme.okta.com/api/v1/meta/schemas/user/default"}}
USER_TYPE = about(
    kind="user-type",
    usual={"name": "tested", "display_name": "Tested", "description": "Tested users."},
    harmless=frozenset({"name", "display_name", "description"}),
    fixed={"name": "Okta does not let the name of a user type be changed"},
    system={"default": {"name": "user", "displayName": "User", "default": True, "_links": _LINKS}},
    rules=(
        rule(
            "user-type",
            "delete",
            "Okta answers 500",
            Requests("a transient failure is no error", "e2e/test_faults.py::test_a_transient_failure_is_not_an_error"),
        ),
    ),
)
