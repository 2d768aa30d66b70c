"""`vault:MOUNT/PATH#KEY`: the key/value engines, version 1 and 2, of HashiCorp Vault and OpenBao.

The settings are those of Vault's own program: `VAULT_ADDR`, `VAULT_NAMESPACE`, `VAULT_CACERT`, `VAULT_CLIENT_CERT`,
`VAULT_CLIENT_KEY`, and `VAULT_TOKEN` or the file `~/.vault-token`. `VAULT_AUTH_METHOD` chooses another sign-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import NO_CONTENT
from pathlib import Path
from typing import Any, Final

from reconciler.secret_stores.entry import with_member
from reconciler.secret_stores.interface import (
    REQUEST_SECONDS,
    EntryAbsent,
    NoSecret,
    SecretStore,
    StoreFailure,
    Surroundings,
    needs,
)
from reconciler.secret_stores.job_identity import issued_for

_TOKEN_OF_POD: Final = "/var/run/secrets/kubernetes.io/serviceaccount/token"
_VERSIONS: Final = {"1": "", "2": "data/"}
"""What stands between the mount and the path in the API, by the version of the engine."""
_SIGN_IN: Final = "sign in to Vault again"
_GRANT: Final = "grant a policy of this run `read` on the path"
_GRANT_WRITE: Final = "grant a policy of this run `create` and `update` on the path"
_DELETED: Final = "the newest version of the entry is deleted"
_ATTEMPTS: Final = 3
"""How often an entry is written that others write at the same time."""
_CHANGED: Final = "check-and-set parameter did not match"
"""The complaint of Vault and OpenBao about an entry that has another version than the one that was read."""


@dataclass(frozen=True, slots=True)
class VaultEntry:
    """The newest version of an entry."""

    members: Mapping[str, object] | None
    """None if the version is deleted."""
    number: int = 0
    """Its number; 0 if Vault does not tell."""
    created: str = ""
    """When the version was written, if Vault tells."""


class Vault(SecretStore):
    """Vault, signed in."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, location: str) -> Mapping[str, object]:
        """The members of an entry, in its newest version."""
        members = self._existing(location).members
        if members is None:
            raise NoSecret(_DELETED, "write the secret again")
        return members

    def write(self, location: str, key: str, value: str) -> None:
        """Write a version of an entry with a new member. Version 2 of the engine keeps what others write meanwhile."""
        from hvac.exceptions import InvalidRequest

        with _explained():
            path, versioned = self._place(location)
            for _ in range(_ATTEMPTS):
                entry = self._newest(path, versioned) or VaultEntry({})
                if entry.members is None:
                    hint = "restore it with `vault kv undelete`, or write it again with all its keys"
                    raise StoreFailure(_DELETED, hint)
                members = with_member(entry.members, key, value)
                body = {"options": {"cas": entry.number}, "data": members} if versioned else members
                try:
                    with self._permitted(_GRANT_WRITE):
                        answer = self._client.adapter.post(f"/v1/{path}", json=body)
                    if isinstance(answer, dict) or answer.status_code == NO_CONTENT:
                        return
                    raise StoreFailure("the answer is not one of Vault", "check VAULT_ADDR")
                except InvalidRequest as error:
                    if not any(_CHANGED in str(one) for one in error.errors or ()):
                        raise
        raise StoreFailure("others change the entry at the same time", "run the same command again")

    def written(self, location: str) -> datetime | None:
        """When the newest version was created; version 1 of the engine does not tell."""
        created = self._existing(location).created
        try:
            return datetime.fromisoformat(created).astimezone(UTC) if created else None
        except ValueError as error:
            raise StoreFailure("the answer is not one of Vault", "check VAULT_ADDR") from error

    def _existing(self, location: str) -> VaultEntry:
        with _explained():
            entry = self._newest(*self._place(location))
        if entry is None:
            raise EntryAbsent("Vault has no such entry", "correct the path: it begins with the mount")
        return entry

    def _place(self, location: str) -> tuple[str, bool]:
        """Where the API has an entry, and whether its engine is version 2."""
        engine = self._data(f"sys/internal/ui/mounts/{location}")
        mount, version = str(engine.get("path", "")), str((engine.get("options") or {}).get("version", "1"))
        if engine.get("type") not in ("kv", "generic") or not location.startswith(mount) or not mount:
            raise StoreFailure("this is no path of a key/value engine", "refer to an entry of a kv mount")
        if version not in _VERSIONS:
            raise StoreFailure(f"version {version} of the kv engine is not known", "use version 1 or 2")
        return mount + _VERSIONS[version] + location.removeprefix(mount), version == "2"

    def _newest(self, path: str, versioned: bool) -> VaultEntry | None:
        """The newest version of an entry; None if there is no entry. Vault answers with 404 also if it is deleted, and
        then with its number."""
        from hvac.exceptions import InvalidPath

        try:
            data = self._data(path)
        except InvalidPath as error:
            deleted = error.json.get("data") if isinstance(error.json, dict) else None
            if not versioned or not isinstance(deleted, dict):
                return None
            data = deleted
        if not versioned:
            return VaultEntry(data)
        members, metadata = data.get("data"), data.get("metadata") or {}
        number, created = metadata.get("version"), str(metadata.get("created_time") or "")
        return VaultEntry(
            members if isinstance(members, dict) else None, number if isinstance(number, int) else 0, created
        )

    @contextmanager
    def _permitted(self, grant: str) -> Iterator[None]:
        """A request that needs a permission. Vault answers with 403 also to an invalid token."""
        from hvac.exceptions import Forbidden

        try:
            yield
        except Forbidden as error:
            if not self._client.is_authenticated():
                # A token without the policy `default` may not look itself up.
                reason = "Vault does not accept the token, which may have expired, or denies access to it"
                raise StoreFailure(reason, f"{_SIGN_IN}, or {grant}") from error
            raise StoreFailure("Vault denies access to it, or has no such mount", grant) from error

    def _data(self, path: str) -> dict[str, Any]:
        """The `data` of an answer."""
        with self._permitted(_GRANT):
            answer = self._client.adapter.get(f"/v1/{path}")
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise StoreFailure("the answer is not one of Vault", "check VAULT_ADDR")
        return data


@contextmanager
def _explained() -> Iterator[None]:
    """Requests to Vault. Raises `StoreFailure`."""
    from hvac.exceptions import InvalidPath, VaultError
    from requests import RequestException, Timeout

    try:
        yield
    except InvalidPath as error:
        raise EntryAbsent("Vault has no such entry", "correct the path: it begins with the mount") from error
    except VaultError as error:
        raise StoreFailure(f"Vault answered with an error ({type(error).__name__})", "see the log of Vault") from error
    except Timeout as error:
        raise StoreFailure("Vault did not answer in time", "check VAULT_ADDR and the network") from error
    except RequestException as error:
        hint = "check VAULT_ADDR, VAULT_CACERT, the network and the proxy"
        raise StoreFailure("Vault cannot be reached", hint) from error
    except ValueError as error:  # an answer that is not JSON
        raise StoreFailure("the answer is not one of Vault", "check VAULT_ADDR") from error


def _token(client: Any, settings: Surroundings) -> None:
    token = settings.environ.get("VAULT_TOKEN", "").strip() or _text(Path("~/.vault-token").expanduser())
    if not token:
        raise StoreFailure("there is no token for Vault", "set VAULT_TOKEN, or VAULT_AUTH_METHOD for another sign-in")
    client.token = token


def _approle(client: Any, settings: Surroundings) -> None:
    role, secret = settings.setting("VAULT_ROLE_ID"), settings.setting("VAULT_SECRET_ID")
    client.auth.approle.login(role, secret, mount_point=_mount(settings, "approle"))


def _jwt(client: Any, settings: Surroundings) -> None:
    role, token = settings.setting("VAULT_AUTH_ROLE"), _own_token(settings)
    settings.issued(token)
    client.auth.jwt.jwt_login(role, token, path=_mount(settings, "jwt"))


def _own_token(settings: Surroundings) -> str:
    """The token of this run for `jwt`: from a file, a variable, or GitHub for the audience in `VAULT_JWT_AUDIENCE`."""
    if file := settings.environ.get("VAULT_JWT_FILE", ""):
        return _text(Path(file))
    audience = settings.environ.get("VAULT_JWT_AUDIENCE", "")
    if audience and not settings.environ.get("VAULT_JWT"):
        return issued_for(audience, settings)
    return settings.setting("VAULT_JWT")


def _kubernetes(client: Any, settings: Surroundings) -> None:
    token = _text(Path(settings.environ.get("VAULT_JWT_FILE") or _TOKEN_OF_POD))
    settings.issued(token)
    role = settings.setting("VAULT_AUTH_ROLE")
    client.auth.kubernetes.login(role, token, mount_point=_mount(settings, "kubernetes"))


_METHODS: Final[Mapping[str, Callable[[Any, Surroundings], None]]] = {
    "token": _token,
    "approle": _approle,
    "jwt": _jwt,
    "kubernetes": _kubernetes,
}


def _mount(settings: Surroundings, method: str) -> str:
    return settings.environ.get("VAULT_AUTH_PATH", "").strip("/") or method


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):  # a sign-in without a token has a message of its own
        return ""


def open_store(surroundings: Surroundings) -> SecretStore:
    """Vault, signed in by the method in `VAULT_AUTH_METHOD`, by default with a token."""
    with needs("hvac", "vault"):
        import hvac
        from hvac.exceptions import Forbidden, InvalidRequest
    environ, method = surroundings.environ, surroundings.environ.get("VAULT_AUTH_METHOD") or "token"
    if method not in _METHODS:
        allowed = ", ".join(_METHODS)
        raise StoreFailure("VAULT_AUTH_METHOD has a value that is not known", f"set it to one of {allowed}")
    certificate, key = environ.get("VAULT_CLIENT_CERT"), environ.get("VAULT_CLIENT_KEY")
    client = hvac.Client(
        url=surroundings.setting("VAULT_ADDR"),
        token="",
        namespace=environ.get("VAULT_NAMESPACE") or None,
        verify=environ.get("VAULT_CACERT") or True,
        cert=(certificate, key) if certificate and key else None,
        timeout=REQUEST_SECONDS,
        allow_redirects=False,  # the token would be sent along
    )
    try:
        with _explained():
            _METHODS[method](client, surroundings)
    except StoreFailure as failure:
        if isinstance(failure.__cause__, Forbidden | InvalidRequest):
            hint = "check the role and the credentials of the sign-in"
            raise StoreFailure(f"Vault refuses the sign-in by {method}", hint) from failure
        raise
    surroundings.issued(client.token or "")
    return Vault(client)
