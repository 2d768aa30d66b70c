"""One client connection: uvicorn's protocol, with an answer to every request and a limit on every wait.

Beyond uvicorn: an incomplete or malformed request gets its 400 even if more bytes follow; a client that has closed its
sending half still gets its answer; an idle connection is closed.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from okta_sandbox.middleware import CONNECTION

IDLE_SECONDS = 75  # longer than clients keep idle connections, so that they do not send into a closing one
LINGER_SECONDS = 2  # for bytes that a client still sends after a refusal
REFUSALS = {400: b"Bad Request", 408: b"Request Timeout"}


class TenantProtocol(HttpToolsProtocol):
    """Also passes the ways to end the connection to the application, for faults that close it."""

    idle_seconds: float = IDLE_SECONDS

    _begun = False  # a request whose headers are incomplete
    _refused = False
    _refusal: str | None = None  # sent after the pending answers
    _last_heard = 0.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the idle timer."""
        super().connection_made(transport)
        self._last_heard = self.loop.time()
        self._timer = self.loop.call_later(self.idle_seconds, self._close_when_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the idle timer."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Receive part of a request."""
        self._last_heard = self.loop.time()
        if not self._refused and self._refusal is None:
            super().data_received(data)

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client has closed its sending half. True keeps the other half open for the answer."""
        if self._refused:
            return False
        cycle: RequestResponseCycle | None = self.cycle
        if self._begun or (cycle and not cycle.response_complete and cycle.more_body):
            self.send_400_response("The request ended in the middle.")
        elif cycle and not cycle.response_complete:
            cycle.keep_alive = False
        else:
            return False
        return not self._refused

    def on_message_begin(self) -> None:
        """Put the ways to end the connection into the scope of the request."""
        super().on_message_begin()
        self._begun = True
        transport = self.transport
        self.scope["extensions"] = {CONNECTION: {"abort": transport.abort, "close": transport.close}}

    def on_headers_complete(self) -> None:
        """The headers are complete: the application answers from here on."""
        super().on_headers_complete()
        self._begun = False

    def on_response_complete(self) -> None:
        """Continue, or send the pending refusal."""
        self._last_heard = self.loop.time()
        super().on_response_complete()
        if self._refusal is not None and self.cycle.response_complete:
            self._refuse(400, self._refusal)

    def send_400_response(self, msg: str) -> None:
        """Refuse a malformed request, after the pending answers."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle and not cycle.response_complete:
            if not cycle.more_body:
                self._refusal = msg
                return
            cycle.disconnected = True  # the application sees the end of the body, and its answer is not sent
            cycle.message_event.set()
        self._refuse(400, msg)

    def _unsupported_upgrade_warning(self) -> None:
        # Anything after it would be in another protocol, so this request is the last.
        self.cycle.keep_alive = False

    def _refuse(self, status: int, message: str) -> None:
        """Send the last answer. Closing at once would reset the connection and lose the answer if more bytes arrive."""
        self._refused = True
        content = message.encode()
        head = b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\n" % (status, REFUSALS[status])
        head += b"content-length: %d\r\nconnection: close\r\n\r\n" % len(content)
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        self.transport.write(head + content)
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _close_when_idle(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        at_work = cycle is not None and not cycle.response_complete and not cycle.more_body
        silent = self.loop.time() - self._last_heard
        if self.transport.is_closing():
            self.transport.abort()
        elif at_work or silent < self.idle_seconds:
            wait = self.idle_seconds if at_work else self.idle_seconds - silent
            self._timer = self.loop.call_later(wait, self._close_when_idle)
        elif self._begun or (cycle is not None and not cycle.response_complete and not cycle.disconnected):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
            self._refuse(408, "The rest of the request did not come.")
        else:
            self.transport.close()
