"""Clients of AWS: the sign-in, the region and the endpoint come from the usual variables and files of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from reconciler.secret_stores.interface import REQUEST_SECONDS, EntryAbsent, StoreFailure, needs

_EXPIRED: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
    | {"InvalidSignatureException", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_ABSENT: Final = frozenset({"ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound"})


def client(service: str) -> Any:
    """A client of a service. Raises `StoreFailure`."""
    with needs("boto3", "aws"):
        import boto3
        from botocore.config import Config
    limits = Config(connect_timeout=REQUEST_SECONDS, read_timeout=REQUEST_SECONDS, retries={"total_max_attempts": 2})
    with explained():
        return boto3.session.Session().client(service, config=limits)


@contextmanager
def explained(action: str = "") -> Iterator[None]:
    """Requests to AWS. Raises `StoreFailure`; `action` is the permission that the request needs."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,
        HTTPClientError,
        NoCredentialsError,
        NoRegionError,
        PartialCredentialsError,
    )

    try:
        yield
    except ClientError as error:
        raise _answered(str(error.response.get("Error", {}).get("Code", "")), action) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StoreFailure("there are no credentials for AWS", "sign in to AWS, or set AWS_PROFILE") from error
    except NoRegionError as error:
        raise StoreFailure("no region of AWS is set", "set AWS_REGION") from error
    except (ConnectionError, HTTPClientError) as error:
        raise StoreFailure("AWS cannot be reached", "check the network, AWS_REGION and the proxy") from error
    except BotoCoreError as error:
        raise StoreFailure(f"AWS failed ({type(error).__name__})", "check the settings of AWS") from error


def text_of(value: object) -> str:
    """A text in an answer. Raises `StoreFailure`: botocore takes an answer that is not JSON for an empty one."""
    if isinstance(value, str):
        return value
    raise StoreFailure("the answer is not one of AWS", "check the network, AWS_ENDPOINT_URL and the proxy")


def _answered(code: str, action: str) -> StoreFailure:
    if code in _EXPIRED:
        return StoreFailure(f"AWS does not accept the credentials ({code})", "sign in to AWS again")
    if code in _DENIED:
        return StoreFailure("AWS denies access to it", f"grant the role of this run {action}, and the use of its key")
    if code in _ABSENT:
        return EntryAbsent("AWS has no such entry", "correct the name, AWS_REGION or the account")
    return StoreFailure(f"AWS answered {code or 'with an error'}", "look the error up in the documentation of AWS")
