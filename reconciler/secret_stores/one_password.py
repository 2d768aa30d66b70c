"""`op://VAULT/ITEM/FIELD`: 1Password, by its program `op`.

`op` signs in as `OP_SERVICE_ACCOUNT_TOKEN`, by a Connect server (`OP_CONNECT_HOST`, `OP_CONNECT_TOKEN`), or as the
person at the desktop app.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reconciler.engine.environment import for_store
from reconciler.secret_stores.child import ProgramFailed, output_of
from reconciler.secret_stores.interface import EntryAbsent, SecretStore, StoreFailure, Surroundings
from reconciler.secret_stores.one_password_item import item_of, others, with_field

_VARIABLES: Final = ("OP_SERVICE_ACCOUNT_TOKEN", "OP_CONNECT_HOST", "OP_CONNECT_TOKEN", "OP_ACCOUNT", "OP_CONFIG_DIR")


class OnePassword(SecretStore):
    """1Password."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = for_store(_VARIABLES, ("OP_SESSION_",), environ)

    def read(self, location: str) -> str:
        """The value of a field."""
        return self._run(["read", "--no-newline", f"op:{location}"])

    def write(self, location: str, key: str, value: str) -> None:
        """Change a field. The item is passed on standard input, with all its fields."""
        vault, name, *path = location.removeprefix("//").split("/")
        field = tuple(path)
        item = self._item(vault, name)
        changed = json.dumps(with_field(item, field, value))
        self._run(["item", "edit", f"--vault={vault}", "--format=json", "--", name], given=changed)
        if others(self._item(vault, name), field) != others(item, field):
            hint = "compare it with the version before, in the history of the item in 1Password"
            raise StoreFailure("other fields of the item have changed, too", hint)

    def written(self, location: str) -> datetime | None:
        """When the item was changed."""
        vault, name, *_ = location.removeprefix("//").split("/")
        updated = self._item(vault, name).get("updated_at")
        try:
            return datetime.fromisoformat(str(updated)).astimezone(UTC) if updated else None
        except ValueError as error:
            raise StoreFailure("the output of op has no time of the change", "update op") from error

    def _item(self, vault: str, name: str) -> dict[str, Any]:
        """An item with all values: those that `op` conceals would be lost when it is written."""
        return item_of(self._run(["item", "get", f"--vault={vault}", "--format=json", "--reveal", "--", name]))

    def _run(self, arguments: list[str], given: str | None = None) -> str:
        try:
            return output_of(["op", *arguments], self._environ, given=given)
        except ProgramFailed as failure:
            raise _explained(failure) from failure


def _explained(failure: ProgramFailed) -> StoreFailure:
    if failure.is_network:
        return StoreFailure("1Password cannot be reached", "check the network, OP_CONNECT_HOST and the proxy")
    if failure.mentions("isn't a vault", "isn't an item", "isn't a field", "not found", "no item"):
        return EntryAbsent("1Password has no such vault, item or field", "correct the names, or share the vault")
    if failure.mentions("unknown flag"):
        return StoreFailure("the program op is too old", "update op")
    if failure.mentions("forbidden", "permission"):
        hint = "allow this account to view and edit items in the vault"
        return StoreFailure("1Password denies access to it", hint)
    if failure.mentions("sign in", "signed in", "expired", "unauthorized", "token"):
        return StoreFailure("1Password did not accept the sign-in", "set OP_SERVICE_ACCOUNT_TOKEN, or run `op signin`")
    return failure


def open_store(surroundings: Surroundings) -> SecretStore:
    """1Password; `op` signs in itself."""
    return OnePassword(surroundings.environ)
