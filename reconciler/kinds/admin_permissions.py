"""The admin role that goes with a scope of Okta's API: a permission of a custom role, or a standard role.

A scope says what an app may ask for, and its admin role what it may administer. Sources: Okta's permissions catalog and
supported resources (developer.okta.com, "Permissions" and "Role assignment"), and "Standard administrator roles and
permissions" (help.okta.com).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from reconciler.kinds.standard_roles import StandardRole

ROLE: Final = "custom-admin-role"
RESOURCES: Final = "resource-set"
"""The kinds with which the permissions and the resources of an administrator are declared."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """The permissions of custom admin roles that go with a scope."""

    read: str
    manage: str = ""
    """Empty if no permission suffices to change the objects."""
    resource: str = ""
    """The path of all these objects in a resource set; empty if Okta has only an ORN for them."""


def _of(name: str, resource: str = "", *, manage: bool = True) -> Permissions:
    return Permissions(f"{name}.read", f"{name}.manage" if manage else "", resource)


PERMISSIONS: Final = {
    "okta.apiTokens": _of("okta.users.apitokens", "/api/v1/users"),
    "okta.apps": _of("okta.apps", "/api/v1/apps"),
    "okta.authorizationServers": _of("okta.authzServers", "/api/v1/authorizationServers"),
    "okta.brands": _of("okta.customizations"),
    "okta.domains": _of("okta.customizations"),
    "okta.emailDomains": _of("okta.customizations"),
    "okta.factors": _of("okta.users", "/api/v1/users"),
    "okta.groups": _of("okta.groups", "/api/v1/groups"),
    "okta.idps": _of("okta.identityProviders"),
    "okta.policies": _of("okta.policies"),
    "okta.realms": _of("okta.realms"),
    "okta.roles": _of("okta.iam", manage=False),
    "okta.securityEventsProviders": _of("okta.ssf.securityEventsProviders"),
    "okta.templates": _of("okta.customizations"),
    "okta.users": _of("okta.users", "/api/v1/users"),
}
"""The permissions by scope, without `.read` and `.manage`. For other scopes, Okta has none."""

READS: Final[StandardRole] = "READ_ONLY_ADMIN"
READS_LOGS: Final[StandardRole] = "REPORT_ADMIN"
CHANGES: Final[StandardRole] = "ORG_ADMIN"
CHANGES_ALL: Final[StandardRole] = "SUPER_ADMIN"
_ORDER: Final = (READS_LOGS, READS, CHANGES, CHANGES_ALL)
_STANDARD: Final[dict[str, StandardRole]] = {
    "okta.appGrants.manage": CHANGES_ALL,
    "okta.captchas.manage": CHANGES,
    "okta.captchas.read": READS,
    "okta.logStreams.manage": CHANGES_ALL,
    "okta.logs.read": READS_LOGS,
    "okta.orgs.manage": CHANGES,
    "okta.orgs.read": READS,
    "okta.profileMappings.manage": CHANGES,
    "okta.roles.manage": CHANGES_ALL,
    "okta.schemas.manage": CHANGES,
}
"""The least standard role that Okta documents, by scope."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What lets a service app use one scope."""

    name: str
    """A permission of a custom admin role, or a standard role."""
    is_permission: bool
    documented: bool = True
    """Whether Okta documents it. If not, it is the standard role that administers comparable objects."""


def grant(scope: str) -> Grant:
    """What lets a service app use a scope: a permission if there is one."""
    if permission := _permission(scope):
        return Grant(permission, is_permission=True)
    return Grant(_standard(scope), is_permission=False, documented=scope in _STANDARD)


@dataclass(frozen=True, slots=True)
class AdminRole:
    """What a service app with some scopes needs to use them."""

    standard: StandardRole | None
    """The least standard role for what no permission covers; None if permissions cover everything."""
    because: tuple[str, ...]
    """The scopes that need the standard role."""
    permissions: tuple[str, ...]
    """The permissions of a custom role, for what the standard role does not cover."""
    resources: tuple[str, ...]
    """The paths of the resource set that the role is for."""
    without_path: tuple[str, ...]
    """The permissions whose resources have only an ORN, which definitions cannot state."""


def admin_role(scopes: Iterable[str]) -> AdminRole:
    """The least admin role for these scopes."""
    asked = sorted(scopes)
    standard = {scope: _standard(scope) for scope in asked if not _permission(scope)}
    role = max(standard.values(), key=_ORDER.index, default=None)
    left = [scope for scope in asked if _permission(scope) and not _covers(role, scope)]
    paths = {_permission(scope): PERMISSIONS[_base(scope)].resource for scope in left}
    return AdminRole(
        standard=role,
        because=tuple(scope for scope, needed in standard.items() if needed == role),
        permissions=tuple(sorted(permission for permission, path in paths.items() if path)),
        resources=tuple(sorted({path for path in paths.values() if path})),
        without_path=tuple(sorted(permission for permission, path in paths.items() if not path)),
    )


def _permission(scope: str) -> str:
    """The permission that goes with a scope; empty if there is none."""
    known = PERMISSIONS.get(_base(scope))
    return "" if known is None else known.read if scope.endswith(".read") else known.manage


def _standard(scope: str) -> StandardRole:
    return _STANDARD.get(scope, READS if scope.endswith(".read") else CHANGES)


def _covers(role: StandardRole | None, scope: str) -> bool:
    """Whether a standard role covers a scope for which there is a permission. Only super administrators see roles."""
    if role in (READS, CHANGES):
        return scope.endswith(".read") and _base(scope) != "okta.roles"
    return role == CHANGES_ALL


def _base(scope: str) -> str:
    return scope.rpartition(".")[0]
