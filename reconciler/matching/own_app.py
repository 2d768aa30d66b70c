"""The app with which the reconciler itself signs in."""

from __future__ import annotations

from reconciler.definitions.identifiers import client_id
from reconciler.definitions.model import Environment
from reconciler.okta.snapshot import LiveObject


def is_own_app(item: LiveObject, environment: Environment) -> bool:
    """Whether an object is the app with which the reconciler signs in.

    It need not be declared. Deleting it would lock the reconciler out.
    """
    client = client_id(environment)
    return client is not None and item.kind.client_id(dict(item.json)) == client
