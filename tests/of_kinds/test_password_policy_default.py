"""The password policy that every tenant has."""

from __future__ import annotations

from reconciler.kinds.password_policy import PasswordPolicyDefault
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.official.provider_rules import Converges, RefusedByValidate, Requests, rule

KIND = "password-policy-default"

about(
    kind=KIND,
    usual={"password_min_length": 12},
    harmless=frozenset({"password_expire_warn_days", "password_show_lockout_failures"}),
    rules=(
        rule(
            KIND,
            "create",
            "always",
            Requests(
                "it finds the policy and the group of all people",
                "e2e/test_default_policies.py::test_default_policies_are_imported_and_changed",
            ),
        ),
        rule(
            KIND,
            "create update",
            "any argument unset",
            Converges(KIND, before={"password_history_count": 9, "sms_recovery": "ACTIVE"}),
            RefusedByValidate(
                KIND,
                "breached_password_expire_after_days",
                "leave it out",
                {"breached_password_expire_after_days": 5},
                {"breached_password_expire_after_days": 5, "breached_password_logout_enabled": True},
            ),
        ),
    ),
    attacks={
        "password-weakened": (changed(KIND, "password_min_length", 12, 8),),
        "recovery-widened": (changed(KIND, "sms_recovery", "INACTIVE", "ACTIVE"),),
    },
    changes_along={"breached_password_logout_enabled": "breached_password_expire_after_days"},
    besides={"name": "Default Policy", "system": True},
    innocent={"password-weakened": (changed(KIND, "password_min_length", 8, 12),)},
)


def test_the_defaults_are_those_of_a_new_tenant():
    spec = PasswordPolicyDefault()

    assert spec.password_history_count == 4
    assert spec.password_exclude_username is True
