"""Refresh tokens of an app: `/api/v1/apps/{id}/tokens`.

Refresh tokens come from user sign-ins. The sandbox has none, so the list is empty.
"""

from okta_sandbox import system_log
from okta_sandbox.body import Body
from okta_sandbox.collection import Collection, Events, Family
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.families.apps import APPS
from okta_sandbox.paging import Paging

APP_TOKENS = Collection(
    kind="OAuth2RefreshToken",
    path="/api/v1/apps/{app}/tokens",
    item="token",
    prefix="oar",
    model=Body,
    events=Events("RefreshToken", delete="app.oauth2.token.revoke"),
    parent=APPS,
    operations=("list", "read", "delete"),
    paging=Paging(default=20),
)


def _revoke_all(call: Call) -> Answer:
    app = APPS.named_in(call)
    for token in call.tenant.store.all(APP_TOKENS.kind, app.id):
        call.tenant.store.remove(token)
    target = system_log.target(app.id, "AppInstance", APPS.title(app.body))
    system_log.record(call, APP_TOKENS.events.delete, target)
    return NO_CONTENT


FAMILY = Family((APP_TOKENS,), (Route("DELETE", APP_TOKENS.path, _revoke_all),), scope="okta.apps")
