"""`gcp-sm:PROJECT/NAME`: Google Cloud Secret Manager.

The sign-in is that of the Application Default Credentials: `GOOGLE_APPLICATION_CREDENTIALS`, a service account of the
machine, or `gcloud auth application-default login`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from reconciler.secret_stores.entry import without_keys
from reconciler.secret_stores.interface import (
    REQUEST_SECONDS,
    EntryAbsent,
    SecretStore,
    StoreFailure,
    Surroundings,
    needs,
)


class GcpSecretManager(SecretStore):
    """Secret Manager of Google Cloud."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._added: dict[str, str] = {}
        """The version that this run has added to a secret: `latest` may be an earlier one for minutes.
        https://cloud.google.com/secret-manager/docs/reference/consistency"""

    def read(self, location: str) -> str:
        """A version of a secret, by default the latest."""
        with _explained("Secret Manager Secret Accessor"):
            answer = self._client.access_secret_version(name=self._version(location), **_limits())
            return str(answer.payload.data.decode("utf-8"))

    def write(self, location: str, key: str, value: str) -> None:
        """Add a version to a secret. The secret has to exist, as its regions are not ours to choose."""
        without_keys(key)
        project, name = location.split("/")
        try:
            with _explained("Secret Manager Secret Version Adder"):
                added = self._client.add_secret_version(
                    parent=f"projects/{project}/secrets/{name}", payload={"data": value.encode()}, **_limits()
                )
        except EntryAbsent as absent:
            raise EntryAbsent(absent.reason, f"create the secret {location}, or correct the names") from absent
        self._added[location] = str(added.name)

    def written(self, location: str) -> datetime | None:
        """When the version was created."""
        with _explained("Secret Manager Viewer"):
            version = self._client.get_secret_version(name=self._version(location), **_limits())
            return datetime.fromtimestamp(version.create_time.timestamp(), UTC) if version.create_time else None

    def _version(self, location: str) -> str:
        project, name, *version = location.split("/")
        latest = f"projects/{project}/secrets/{name}/versions/{version[0] if version else 'latest'}"
        return self._added.get(location, latest)


def _limits() -> dict[str, Any]:
    """The time limit of a request, and when it is repeated."""
    from google.api_core import exceptions, retry

    again = retry.Retry(predicate=retry.if_exception_type(exceptions.ServiceUnavailable), timeout=REQUEST_SECONDS)
    return {"timeout": REQUEST_SECONDS, "retry": again}


@contextmanager
def _explained(role: str) -> Iterator[None]:
    """Requests to Google Cloud. Raises `StoreFailure`; `role` is the one that the request needs."""
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError
    from google.protobuf.json_format import ParseError
    from requests import RequestException

    try:
        yield
    except exceptions.NotFound as error:
        raise EntryAbsent("Google Cloud has no such secret", "correct the names, or add a version") from error
    except exceptions.Forbidden as error:
        hint = f"give the account of this run the role {role}"
        raise StoreFailure("Google Cloud denies access to it", hint) from error
    except (exceptions.Unauthorized, GoogleAuthError) as error:
        hint = "set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`"
        raise StoreFailure("Google Cloud did not accept the sign-in", hint) from error
    except exceptions.GoogleAPICallError as error:
        raise StoreFailure(f"Google Cloud answered {error.code}", "check that the version is enabled") from error
    except (exceptions.GoogleAPIError, RequestException) as error:
        raise StoreFailure("Google Cloud cannot be reached", "check the network and the proxy") from error
    except UnicodeDecodeError as error:
        raise StoreFailure("the value is not UTF-8 text", "store it as text") from error
    except ParseError as error:
        hint = "check the network and the proxy"
        raise StoreFailure("the answer is not one of Google Cloud", hint) from error


def open_store(surroundings: Surroundings) -> SecretStore:
    """Secret Manager, over HTTPS: gRPC would start threads of its own."""
    with needs("google-cloud-secret-manager", "gcp"):
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.secretmanager import SecretManagerServiceClient
    try:
        return GcpSecretManager(SecretManagerServiceClient(transport="rest"))
    except GoogleAuthError as error:
        hint = "set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`"
        raise StoreFailure("there are no credentials for Google Cloud", hint) from error
