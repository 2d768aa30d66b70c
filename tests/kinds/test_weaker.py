"""Whether another policy protects less."""

from __future__ import annotations

import pytest

from reconciler.kinds import Protection, kind_named
from reconciler.kinds.sign_in_strength import asks_for_less

STRONG = [{"possession": {"required": True, "phishing_resistant": "REQUIRED"}}]


def rule(name: str, access: str = "ALLOW", factors: str = "2FA", constraints=(), status: str = "ACTIVE"):
    return {"name": name, "access": access, "factor_mode": factors, "constraints": list(constraints), "status": status}


@pytest.mark.parametrize(
    ("before", "after", "less"),
    [
        ([rule("all")], [rule("all")], False),
        ([rule("all")], [rule("other", factors="1FA")], True),
        ([rule("all", constraints=STRONG)], [rule("other")], True),
        ([rule("all")], [rule("other", constraints=STRONG)], False),
        ([rule("office", factors="1FA"), rule("rest", "DENY")], [rule("all")], True),
        ([rule("office"), rule("rest", "DENY")], [rule("none", "DENY")], False),
        ([rule("all")], [rule("off", factors="1FA", status="INACTIVE"), rule("all")], False),
        ([rule("all")], [], False),
    ],
)
def test_sign_ins_that_need_less(before, after, less):
    assert asks_for_less(before, after) is less
    words = kind_named("authentication-policy").weaker(Protection({}, before), Protection({}, after))
    assert bool(words) is less


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("password_min_length", 14, 8, "with which passwords may be weaker"),
        ("password_min_length", 8, 14, ""),
        ("sms_recovery", "INACTIVE", "ACTIVE", "with which there are more ways to recover an account"),
        ("priority", 1, 2, ""),
    ],
)
def test_password_policies(field, before, after, words):
    policy = kind_named("password-policy")
    assert policy.weaker(Protection({field: before}, ()), Protection({field: after}, ())) == words


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("mfa_required", True, False, "which asks for fewer factors"),
        ("mfa_required", False, True, ""),
        ("session_lifetime", 60, 0, "whose sessions last longer"),
        ("mfa_prompt", "ALWAYS", "DEVICE", "which asks for factors less often"),
    ],
)
def test_session_policies_are_compared_by_their_last_active_rule(field, before, after, words):
    policy = kind_named("global-session-policy")
    old = [{"status": "ACTIVE", field: before}, {"status": "INACTIVE", field: after}]
    new = [{"status": "ACTIVE", field: before}, {"status": "ACTIVE", field: after}]
    assert policy.weaker(Protection({}, old), Protection({}, new)) == words
