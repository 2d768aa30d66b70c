"""Settings of administration: third-party admins, privileges of new clients, sessions of the Admin Console."""

from dataclasses import replace

from pydantic import Field

from okta_sandbox.body import Body
from okta_sandbox.collection import Family
from okta_sandbox.setting import Setting


class _ThirdParty(Body):
    thirdPartyAdmin: bool


class _ClientPrivileges(Body):
    clientPrivilegesSetting: bool


class _AssignedConsole(Body):
    autoAssignAdminAppSetting: bool


class _ConsoleSessions(Body):
    sessionIdleTimeoutMinutes: int = Field(15, ge=5, le=720)
    sessionMaxLifetimeMinutes: int = Field(720, ge=5, le=10080)


# The console of Okta, and so the official provider, uses another address for the first one.
SETTINGS = (
    *(
        Setting(
            kind="ThirdPartyAdminSetting",
            path=path,
            model=_ThirdParty,
            initial=lambda tenant: {"thirdPartyAdmin": False},
            changed_with=("POST",),
        )
        for path in (
            "/api/v1/org/orgSettings/thirdPartyAdminSetting",
            "/api/internal/orgSettings/thirdPartyAdminSetting",
        )
    ),
    Setting(
        kind="ClientPrivilegesSetting",
        path="/api/v1/org/settings/clientPrivilegesSetting",
        model=_ClientPrivileges,
        initial=lambda tenant: {"clientPrivilegesSetting": True},
    ),
    Setting(
        kind="AutoAssignAdminAppSetting",
        path="/api/v1/org/settings/autoAssignAdminAppSetting",
        model=_AssignedConsole,
        initial=lambda tenant: {"autoAssignAdminAppSetting": True},
        changed_with=("POST",),
    ),
)
CONSOLE = Setting(
    kind="AdminConsoleSettings",
    path="/api/v1/first-party-app-settings/admin-console",
    model=_ConsoleSessions,
    initial=lambda tenant: _ConsoleSessions().model_dump(),
)

FAMILY = Family(
    endpoints=(
        *(route for setting in SETTINGS for route in setting.routes()),
        *(replace(route, scope="okta.apps") for route in CONSOLE.routes()),
    ),
    scope="okta.orgs",
)
