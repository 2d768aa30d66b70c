"""Attack protection settings: `/attack-protection/api/v1`. GET answers with a list of one object, as Okta documents."""

from okta_sandbox.body import Body
from okta_sandbox.collection import Family
from okta_sandbox.exchange import Answer, Route
from okta_sandbox.setting import Setting

EVENT = "security.attack_protection.settings.update"


class _UserLockout(Body):
    preventBruteForceLockoutFromUnknownDevices: bool = False


class _Authenticators(Body):
    verifyKnowledgeSecondWhen2faRequired: bool = False


SETTINGS = (
    Setting(
        kind="UserLockoutSettings",
        path="/attack-protection/api/v1/user-lockout-settings",
        model=_UserLockout,
        initial=lambda tenant: _UserLockout().model_dump(),
        event=lambda body: EVENT,
    ),
    Setting(
        kind="AttackProtectionAuthenticatorSettings",
        path="/attack-protection/api/v1/authenticator-settings",
        model=_Authenticators,
        initial=lambda tenant: _Authenticators().model_dump(),
        event=lambda body: EVENT,
    ),
)


def _routes(setting: Setting) -> tuple[Route, ...]:
    return (
        Route("GET", setting.path, lambda call: Answer(200, [setting.view(call.tenant)])),
        Route("PUT", setting.path, setting.change),
    )


FAMILY = Family(endpoints=tuple(route for setting in SETTINGS for route in _routes(setting)), scope="okta.orgs")
