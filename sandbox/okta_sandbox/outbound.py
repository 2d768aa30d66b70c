"""Requests that the tenant makes to hooks, only to loopback addresses."""

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from okta_sandbox.json_types import Json

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 3.0
TRIES = 2  # retried after a timeout, a broken connection or a 5xx


def is_loopback(url: str) -> bool:
    """Whether a URL is a loopback address."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Outbound:
    """An HTTP client for hooks; tests pass a transport."""

    def __init__(self, transport: "httpx.AsyncBaseTransport | None" = None) -> None:
        self._transport = transport

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: Json = None
    ) -> "httpx.Response | None":
        """The response, after one retry if needed; None without a response or for an address that is not loopback."""
        import httpx

        if not is_loopback(url):
            return None
        content = None if body is None else orjson.dumps(body)
        response = None
        async with httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            for _ in range(TRIES):
                try:
                    response = await client.request(method, url, headers=dict(headers), content=content)
                except httpx.HTTPError:
                    response = None
                if response is not None and response.status_code < 500:
                    break
        return response

    async def get_json(self, url: str, headers: Mapping[str, str]) -> Json:
        """The JSON response to a GET, or None."""
        response = await self.send("GET", url, headers)
        try:
            return orjson.loads(response.content) if response is not None and response.is_success else None
        except orjson.JSONDecodeError:
            return None
