"""Why a request got no response, and what to do about it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import httpx
import orjson

NETWORK: Final = "check the tenant's url, the network, and https://status.okta.com"
_NAME: Final = "check the tenant's url and DNS; if the network needs a proxy, set HTTPS_PROXY"
_CERTIFICATE: Final = (
    "check the tenant's url; if a proxy intercepts TLS, set SSL_CERT_FILE to its certificates "
    "(docs/tenant-access.md#proxies-and-certificates)"
)
_PROXY: Final = "check HTTPS_PROXY, ALL_PROXY and NO_PROXY (docs/tenant-access.md#proxies-and-certificates)"


def reason(error: Exception) -> str:
    """Why a request failed, without anything secret."""
    if isinstance(error, orjson.JSONDecodeError):
        return "the response is not JSON, or is incomplete"
    if isinstance(error, httpx.TimeoutException):
        return "no response in time"
    if isinstance(error, httpx.LocalProtocolError):
        # the text quotes the token
        return "the request cannot be sent: a header contains characters that are not allowed"
    return str(error) or type(error).__name__


def next_action(error: Exception) -> str:
    """What to do about it."""
    if isinstance(error, httpx.ProxyError):
        return _PROXY
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _CERTIFICATE
        if isinstance(cause, socket.gaierror):
            return _NAME
    return NETWORK


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
