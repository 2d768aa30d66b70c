"""ASGI wrapper between server and application: a request whose body is incomplete is refused.

A client that disconnects midway has sent part of a body, which may still be valid JSON, so it must not be applied. The
answer waits for the end of the body: closing a connection that still receives bytes resets it, and the answer is lost.
"""

from collections.abc import Awaitable, Callable
from string import punctuation
from typing import Any, TypeAlias
from urllib.parse import quote_from_bytes

from okta_sandbox import errors

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Any, Receive, Send], Awaitable[None]]


def require_complete_bodies(application: Application) -> Application:
    """Wrap the application: its `receive` raises OktaError E0000003 for an incomplete body."""

    async def served(scope: Any, receive: Receive, send: Send) -> None:
        body = _Body(receive)
        query: bytes = scope.get("query_string", b"")
        if not query.isascii():  # Falcon expects ASCII
            scope = {**scope, "query_string": quote_from_bytes(query, safe=punctuation).encode()}

        async def send_after_the_body(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.skip()
            await send(message)

        await application(scope, body.receive, send_after_the_body)

    return served


class _Body:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._begun = False
        self._ended = False

    async def receive(self) -> Message:
        """The next part."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._begun, self._ended = True, not message.get("more_body", False)
        elif self._begun and not self._ended:
            self._ended = True
            raise errors.malformed()
        return message

    async def skip(self) -> None:
        """Read the rest of the body and discard it."""
        while self._begun and not self._ended:
            message = await self._receive()
            self._ended = message["type"] != "http.request" or not message.get("more_body", False)
