"""All guards, one line each."""

from __future__ import annotations

from typing import Final

from reconciler.guard.model import AnyGuard
from reconciler.guard.rules import (
    app_without_assignments,
    assigned_to_everyone,
    everything_deleted,
    group_rule_replaced,
    implicit_flow,
    last_admin_path,
    last_rule,
    new_secret_reference,
    not_promoted,
    older_commit,
    own_credentials,
    owner_unknown,
    policy_in_use,
    protected,
    relations_lost,
    removal_not_checked,
    renamed_without_previously,
    sign_in_weakened,
    token_lifetime,
    too_many_deleted,
    unmanaged_affected,
    unsafe_redirect,
)

GUARDS: Final[tuple[AnyGuard, ...]] = (
    older_commit.GUARD,
    not_promoted.GUARD,
    everything_deleted.GUARD,
    too_many_deleted.GUARD,
    protected.GUARD,
    renamed_without_previously.GUARD,
    own_credentials.GUARD,
    removal_not_checked.GUARD,
    last_admin_path.GUARD,
    relations_lost.GUARD,
    group_rule_replaced.GUARD,
    app_without_assignments.GUARD,
    policy_in_use.GUARD,
    last_rule.GUARD,
    unmanaged_affected.GUARD,
    sign_in_weakened.GUARD,
    unsafe_redirect.GUARD,
    implicit_flow.GUARD,
    assigned_to_everyone.GUARD,
    token_lifetime.GUARD,
    owner_unknown.GUARD,
    new_secret_reference.GUARD,
)
"""In the order in which their results are shown."""


def guard_ids() -> list[str]:
    """The ids of all guards."""
    return [guard.id for guard in GUARDS]
