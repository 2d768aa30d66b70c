"""Records in the baseline what a rotation changed, so that it is no drift."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.okta.watching import Owner, Watched, WatchedItem
from reconciler.reconciler import Reconciler
from reconciler.rotation.clients import Client
from reconciler.rotation.tenant_credentials import Credential
from reconciler.watched import read_rows


def record_secrets(reconciler: Reconciler, client: Client, secrets: Sequence[Credential]) -> None:
    """Record the client secrets of a client, if the baseline has its list. Raises `ReconcilerError`."""
    for row in read_rows():
        if row.below and row.request((client.id,)) == f"{client.path}/{client.where.secrets}":
            owner = Owner((client.id,), client.label)
            items = [WatchedItem(row, owner, one.id, one.content) for one in secrets]
            watched = Watched((row,), {row.address: {client.id: items}}, owners=frozenset({client.id}))
            reconciler.baselines.renew_list(reconciler.desired.environment.name, watched, client.id)
