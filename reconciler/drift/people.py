"""Users that definitions or objects name and that the tenant does not have, for the details of findings."""

from __future__ import annotations

from reconciler.kinds import Kind, Spec
from reconciler.matching import Names


def departed(names: Names, kind: Kind, declared: Spec, live: Spec) -> str:
    """Which users do not exist: logins that are declared, and ids in the tenant. Empty if all exist."""
    unknown = names.unknown_logins(kind, declared)
    deleted = names.deleted_users(kind, live)
    said = [f"no user has the login {', '.join(unknown)}"] if unknown else []
    if deleted:
        users = "the user {} no longer exists" if len(deleted) == 1 else "the users {} no longer exist"
        said.append(users.format(", ".join(deleted)))
    return "; ".join(said)
