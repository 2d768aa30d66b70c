"""`gcp-sm:PROJECT/NAME`: Google Cloud Secret Manager.

The sign-in is that of the Application Default Credentials: `GOOGLE_APPLICATION_CREDENTIALS`, a service account of the
machine, or `gcloud auth application-default login`.
"""

from __future__ import annotations

from typing import Any

from reconciler.secret_stores.interface import REQUEST_SECONDS, SecretStore, StoreFailure, Surroundings, needs


class GcpSecretManager(SecretStore):
    """Secret Manager of Google Cloud."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, location: str) -> str:
        """A version of a secret, by default the latest."""
        from google.api_core import exceptions, retry
        from google.auth.exceptions import GoogleAuthError
        from google.protobuf.json_format import ParseError
        from requests import RequestException

        project, name, *version = location.split("/")
        path = f"projects/{project}/secrets/{name}/versions/{version[0] if version else 'latest'}"
        again = retry.Retry(predicate=retry.if_exception_type(exceptions.ServiceUnavailable), timeout=REQUEST_SECONDS)
        try:
            answer = self._client.access_secret_version(name=path, timeout=REQUEST_SECONDS, retry=again)
            return str(answer.payload.data.decode("utf-8"))
        except exceptions.NotFound as error:
            raise StoreFailure("Google Cloud has no such secret", "correct the names, or add a version") from error
        except exceptions.Forbidden as error:
            hint = "give the account of this run the role Secret Manager Secret Accessor"
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
