"""Federated claims of apps."""

from __future__ import annotations

from reconciler.kinds.apps import SCOPE, FederatedClaim
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed

APP_FEDERATED_CLAIM = register(
    Kind(
        name="app-federated-claim",
        resource="okta:app/federatedClaim:FederatedClaim",
        fields=FederatedClaim,
        shape=Listed(path="federated-claims", scope=SCOPE),
        provider=Provider(delete_fails_if_missing=True),
        parents=("oidc-app", "saml-app"),
        parent_arguments=("app_id",),
        of_owners=lambda app: None,
        events=("application.lifecycle.update",),
    )
)
