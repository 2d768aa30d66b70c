"""Federated claims of an app: `/api/v1/apps/{id}/federated-claims`."""

from okta_sandbox.body import Body, required_text
from okta_sandbox.collection import Collection, Events, Family
from okta_sandbox.families.apps import APPS


class _Claim(Body):
    name: str = required_text()
    expression: str = required_text(1024)


FEDERATED_CLAIMS = Collection(
    kind="FederatedClaim",
    path=f"{APPS.item_path}/federated-claims",
    item="claim",
    prefix="ofc",
    model=_Claim,
    # Okta has no event types for them: they are recorded as updates of the app.
    events=Events("FederatedClaim", *["application.lifecycle.update"] * 3),
    parent=APPS,
    created_status=201,
)

FAMILY = Family((FEDERATED_CLAIMS,), scope="okta.apps")
