"""`op://VAULT/ITEM/FIELD`: 1Password, by its program `op`.

`op` signs in as `OP_SERVICE_ACCOUNT_TOKEN`, by a Connect server (`OP_CONNECT_HOST`, `OP_CONNECT_TOKEN`), or as the
person at the desktop app.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from reconciler.engine.environment import for_store
from reconciler.secret_stores.child import ProgramFailed, output_of
from reconciler.secret_stores.interface import EntryAbsent, SecretStore, StoreFailure, Surroundings

_VARIABLES: Final = ("OP_SERVICE_ACCOUNT_TOKEN", "OP_CONNECT_HOST", "OP_CONNECT_TOKEN", "OP_ACCOUNT", "OP_CONFIG_DIR")


class OnePassword(SecretStore):
    """1Password."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = for_store(_VARIABLES, ("OP_SESSION_",), environ)

    def read(self, location: str) -> str:
        """The value of a field."""
        try:
            return output_of(["op", "read", "--no-newline", f"op:{location}"], self._environ)
        except ProgramFailed as failure:
            raise _explained(failure) from failure

    def write(self, location: str, key: str, value: str) -> None:
        """Not possible yet."""
        raise StoreFailure("1Password cannot be written", "write it by hand, or refer to another store")

    def written(self, location: str) -> datetime | None:
        """Unknown."""
        return None


def _explained(failure: ProgramFailed) -> StoreFailure:
    if failure.is_network:
        return StoreFailure("1Password cannot be reached", "check the network, OP_CONNECT_HOST and the proxy")
    if failure.mentions("isn't a vault", "isn't an item", "isn't a field", "not found", "no item"):
        return EntryAbsent("1Password has no such vault, item or field", "correct the names, or share the vault")
    if failure.mentions("sign in", "signed in", "expired", "unauthorized", "token"):
        return StoreFailure("1Password did not accept the sign-in", "set OP_SERVICE_ACCOUNT_TOKEN, or run `op signin`")
    return failure


def open_store(surroundings: Surroundings) -> SecretStore:
    """1Password; `op` signs in itself."""
    return OnePassword(surroundings.environ)
