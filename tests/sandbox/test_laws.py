"""Properties of every endpoint of every family."""

import pytest

from okta_sandbox.exchange import Route

from .conftest import Okta
from .valid_requests import CHANGES, RequestBuilder

NOT_IN_CATALOGUE = "Okta's catalogue of event types has none for it"
SILENT = {
    "POST /api/v1/groups/rules": NOT_IN_CATALOGUE,
    "PUT /api/v1/groups/rules/{rule}": NOT_IN_CATALOGUE,
    "DELETE /api/v1/groups/rules/{rule}": NOT_IN_CATALOGUE,
    "POST /api/v1/groups/rules/{rule}/lifecycle/activate": NOT_IN_CATALOGUE,
    "DELETE /api/v1/meta/types/user/{type}": NOT_IN_CATALOGUE,
    "POST /api/v1/org": NOT_IN_CATALOGUE,
    "PUT /api/v1/org": NOT_IN_CATALOGUE,
    "/api/v1/groups/{group}/owners": NOT_IN_CATALOGUE,
    "/api/v1/users/{user}/linkedObjects": NOT_IN_CATALOGUE,
    "POST /api/v1/meta/schemas/group/default": NOT_IN_CATALOGUE,
    "/api/v1/org/contacts": NOT_IN_CATALOGUE,
    "/api/v1/org/logo": NOT_IN_CATALOGUE,
    "/api/v1/org/preferences": NOT_IN_CATALOGUE,
    "/api/v1/org/privacy": NOT_IN_CATALOGUE,
    "/api/internal/org": NOT_IN_CATALOGUE,
    "/api/v1/org/orgSettings": NOT_IN_CATALOGUE,
    "/api/v1/org/settings": NOT_IN_CATALOGUE,
    "/api/v1/first-party-app-settings": NOT_IN_CATALOGUE,
    "/api/v1/push-providers": NOT_IN_CATALOGUE,
    "/api/v1/templates/sms": NOT_IN_CATALOGUE,
    "POST /api/v1/email-servers/{server}/test": "nothing is changed",
    "PUT /api/internal/v1/mappings/reapply": NOT_IN_CATALOGUE,
    "/api/v1/roles/": NOT_IN_CATALOGUE,
    "DELETE /api/v1/policies/{policy}/mappings/{mapping}": NOT_IN_CATALOGUE,
}
# Of two objects in a path, the one that the event is about, where it is not the last.
ABOUT = {
    "PUT /api/v1/apps/{app}/policies/{policy}": "app",
    "PUT /api/v1/apps/{app}/features/{feature}": "app",
    "POST /api/v1/apps/{app}/logo": "app",
    "POST /api/v1/apps/{app}/credentials/keys/generate": "app",
    "PUT /api/v1/authenticators/{authenticator}/methods/{method}": "authenticator",
    "POST /api/v1/authenticators/{authenticator}/methods/{method}": "authenticator",
    "POST /api/v1/authenticators/{authenticator}/methods/{method}/lifecycle/activate": "authenticator",
    "POST /api/v1/authenticators/{authenticator}/methods/{method}/lifecycle/deactivate": "authenticator",
    "POST /api/v1/authorizationServers/{server}/associatedServers": "server",
    "POST /api/v1/features/{feature}/{lifecycle}": "feature",
    "POST /api/v1/iam/resource-sets/{set}/bindings": "set",
    "DELETE /api/v1/iam/resource-sets/{set}/bindings/{role}": "set",
    "DELETE /api/v1/iam/resource-sets/{set}/bindings/{role}/members/{member}": "set",
    "PATCH /api/v1/iam/resource-sets/{set}/bindings/{role}/members": "set",
    "DELETE /api/v1/iam/resource-sets/{set}/resources/{resource}": "set",
    "POST /api/v1/iam/roles/{role}/permissions/{permission}": "role",
    "POST /api/v1/policies/{policy}/mappings": "policy",
    "PUT /api/v1/iam/roles/{role}/permissions/{permission}": "role",
    "DELETE /api/v1/iam/roles/{role}/permissions/{permission}": "role",
}


@pytest.mark.parametrize("route", CHANGES, ids=lambda route: f"{route.method} {route.path}")
def test_every_change_is_in_the_system_log(okta: Okta, route: Route) -> None:
    builder, name = RequestBuilder(okta), f"{route.method} {route.path}"
    path, ids = builder.path(route.path)
    builder.prepare(route, path)
    body = builder.body(route, path)
    another = okta.post("/_sandbox/administrators", {"login": "another@example.com"}, status=201)
    known = {event["uuid"] for event in okta.get("/api/v1/logs", limit=1000)}
    response = okta.request(route.method, path, json=body)
    assert response.is_success, f"{response.status_code} {response.text}"
    okta.use_token(another["token"])  # the change may have revoked the other one
    events = [event for event in okta.get("/api/v1/logs", limit=1000) if event["uuid"] not in known]
    if name in SILENT or any(route.path.startswith(path) for path in SILENT):
        assert not events, f"{name} is in the System Log after all"
        return
    assert events, f"{name} is not in the System Log"
    targets = {target["id"] for event in events for target in event["target"]}
    created = route.method == "POST" and not route.path.endswith("}") and "/lifecycle/" not in route.path
    answer = response.json() if created and response.content else {}
    expected: str | None
    if name in ABOUT:
        expected = ids[ABOUT[name]]
    else:
        expected = answer.get("id", answer.get("kid")) if created else [*ids.values(), None][-1]
    if expected and expected != "default" and not str(expected).startswith("http"):
        assert expected in targets, f"{name}: {expected} is not among the targets"
    for event in events:
        assert event["outcome"]["result"] == "SUCCESS"
        assert event["actor"]["alternateId"] == "admin@sandbox.test"
        assert event["transaction"]["id"] == event["debugContext"]["debugData"]["requestId"]
        assert event["debugContext"]["debugData"]["requestUri"] == path
        assert event["transaction"]["detail"]["requestApiTokenId"].startswith("00T")
