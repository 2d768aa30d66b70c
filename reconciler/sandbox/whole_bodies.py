"""Between server and application: a body comes whole, or the request is refused.

A client that is lost halfway has sent half a body, which may well be JSON; nothing is to be done for it. And an answer
waits for the body to end: a connection that is closed while bytes are on their way is reset, and the answer is lost.
"""

from collections.abc import Awaitable, Callable
from string import punctuation
from typing import Any, TypeAlias
from urllib.parse import quote_from_bytes

from reconciler.sandbox import errors

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Any, Receive, Send], Awaitable[None]]


def whole_bodies(application: Application) -> Application:
    """The application, with OktaError E0000003 from `receive` where a body ends in the middle."""

    async def served(scope: Any, receive: Receive, send: Send) -> None:
        body = _Body(receive)
        query: bytes = scope.get("query_string", b"")
        if not query.isascii():  # Falcon takes it for text
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
        """Read to the end what nobody wants."""
        while self._begun and not self._ended:
            message = await self._receive()
            self._ended = message["type"] != "http.request" or not message.get("more_body", False)
