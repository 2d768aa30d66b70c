"""`azure-kv:VAULT/NAME`: Azure Key Vault.

The sign-in is that of `DefaultAzureCredential`: `AZURE_CLIENT_ID` and others, a managed identity, or `az login`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import FORBIDDEN
from threading import Lock
from typing import Any, Final

from reconciler.secret_stores.entry import without_keys
from reconciler.secret_stores.interface import (
    REQUEST_SECONDS,
    EntryAbsent,
    SecretStore,
    StoreFailure,
    Surroundings,
    in_utc,
    needs,
)

_DOMAINS: Final = {
    "login.microsoftonline.us": "vault.usgovcloudapi.net",
    "login.chinacloudapi.cn": "vault.azure.cn",
}
"""The domains of vaults in national clouds, by the host in `AZURE_AUTHORITY_HOST`."""


class AzureKeyVault(SecretStore):
    """The vaults of one cloud. `options` are those of `azure.core` clients, such as a transport."""

    def __init__(self, credential: Any, domain: str = "vault.azure.net", **options: Any) -> None:
        self._credential = credential
        self.domain = domain
        self._options = options
        self._clients: dict[str, Any] = {}
        self._lock = Lock()

    def read(self, location: str) -> str:
        """The newest version of a secret."""
        value = self._newest(location).value
        if not isinstance(value, str):
            raise StoreFailure("Azure answered without a value", "store the secret there")
        return value

    def write(self, location: str, key: str, value: str) -> None:
        """Add a version of a secret, with the tags and the content type of the one before."""
        without_keys(key)
        vault, _, name = location.partition("/")
        try:
            kept = self._newest(location).properties
            options = {"tags": kept.tags, "content_type": kept.content_type}
        except EntryAbsent:
            options = {}
        with _explained("Key Vault Secrets Officer"):
            self._client(vault).set_secret(name, value, **options)

    def written(self, location: str) -> datetime | None:
        """When the newest version was created or updated."""
        properties = self._newest(location).properties
        return in_utc(properties.updated_on or properties.created_on)

    def _newest(self, location: str) -> Any:
        vault, _, name = location.partition("/")
        with _explained("Key Vault Secrets User"):
            return self._client(vault).get_secret(name)

    def _client(self, vault: str) -> Any:
        from azure.keyvault.secrets import SecretClient

        with self._lock:
            if vault not in self._clients:
                limits = {"connection_timeout": REQUEST_SECONDS, "read_timeout": REQUEST_SECONDS, "retry_total": 1}
                url = f"https://{vault}.{self.domain}"
                self._clients[vault] = SecretClient(url, self._credential, **(limits | self._options))
            return self._clients[vault]


@contextmanager
def _explained(role: str) -> Iterator[None]:
    """Requests to Azure. Raises `StoreFailure`; `role` is the one that the request needs."""
    from azure.core.exceptions import (
        AzureError,
        ClientAuthenticationError,
        DecodeError,
        HttpResponseError,
        ResourceNotFoundError,
        ServiceRequestError,
        ServiceResponseError,
    )

    try:
        yield
    except ResourceNotFoundError as error:
        raise EntryAbsent("Azure has no such secret", "correct the names of the vault and the secret") from error
    except ClientAuthenticationError as error:
        hint = "set AZURE_CLIENT_ID, AZURE_TENANT_ID and a secret or a token, or run `az login`"
        raise StoreFailure("Azure did not accept the sign-in", hint) from error
    except DecodeError as error:
        raise StoreFailure("the answer is not one of Azure", "check the network and the proxy") from error
    except HttpResponseError as error:
        if error.status_code == FORBIDDEN:
            raise StoreFailure("Azure denies access to it", f"give the identity of this run the role {role}") from error
        raise StoreFailure(f"Azure answered {error.status_code}", "try again later") from error
    except (ServiceRequestError, ServiceResponseError) as error:
        raise StoreFailure("the vault cannot be reached", "check its name, the network and the proxy") from error
    except AzureError as error:
        raise StoreFailure(f"Azure failed ({type(error).__name__})", "check the settings of Azure") from error


def open_store(surroundings: Surroundings) -> SecretStore:
    """The vaults of the cloud that `AZURE_AUTHORITY_HOST` names; of the public one without it."""
    with needs("azure-identity", "azure"):
        from azure.identity import DefaultAzureCredential
    with needs("azure-keyvault-secrets", "azure"):
        import azure.keyvault.secrets  # noqa: F401
    host = surroundings.environ.get("AZURE_AUTHORITY_HOST", "").removeprefix("https://").rstrip("/")
    return AzureKeyVault(DefaultAzureCredential(), _DOMAINS.get(host, "vault.azure.net"))
