"""The provisioning features of an app: what Okta pushes to it, and imports from it."""

from __future__ import annotations

from reconciler.kinds.apps import PROVISIONED_APPS, SCOPE
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Json
from reconciler.kinds.provider import Provider
from reconciler.kinds.provisioning import ProvisioningFeature
from reconciler.kinds.shapes import Adopted

_SETTINGS = "capabilities"


def _read(item: Json) -> Json:
    """The item with its capabilities at the top, as a PUT has them."""
    return {name: value for name, value in item.items() if name != _SETTINGS} | (item.get(_SETTINGS) or {})


PROVISIONING_FEATURE = register(
    Kind(
        name="provisioning-feature",
        resource="okta:app/features:Features",
        fields=ProvisioningFeature,
        shape=Adopted(path="features", scope=SCOPE, id_member="name", ids_below_owner=True, id_in_body=False),
        provider=Provider(
            takes_over=lambda spec, feature: bool(spec["name"] == feature["name"]),
            deletes_nothing=True,
        ),
        parents=PROVISIONED_APPS,
        parent_arguments=("app_id",),
        of_owners=lambda app: bool(app.get("features")),
        not_declarable={
            "description": "Okta sets it: the provider does not send it",
            "status": "Okta sets it: the provider does not send it",
        },
        generated=("description", "status"),
        events=("application.lifecycle.update", "application.provision."),
        read_api=_read,
    )
)
