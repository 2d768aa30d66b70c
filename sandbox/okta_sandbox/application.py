"""The ASGI application: Falcon routes requests to the handlers of the families.

One request is one transaction. Handlers are synchronous, so each request is atomic within the event loop; only faults
wait.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import falcon
import falcon.asgi
import orjson

from okta_sandbox import control, errors, system_log
from okta_sandbox.callers import Caller, authorise
from okta_sandbox.complete_bodies import Application, require_complete_bodies
from okta_sandbox.errors import OktaError
from okta_sandbox.exchange import Answer, Call, Route
from okta_sandbox.families import ROUTES
from okta_sandbox.middleware import ConnectionDropped, RequestMiddleware
from okta_sandbox.sandbox import Sandbox
from okta_sandbox.tenant import Clock, Pipeline, utc_now

MAX_BODY_BYTES = 1_000_000
CHANGES = ("POST", "PUT", "DELETE", "PATCH")
logger = logging.getLogger(__name__)

Responder: TypeAlias = Callable[..., Awaitable[None]]
App: TypeAlias = "falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]"


def create_app(
    *,
    base_url: str = "http://127.0.0.1",
    token: str | None = None,
    pipeline: Pipeline = "idx",
    state: Path | None = None,
    clock: Clock = utc_now,
    seed: int | None = None,
) -> Application:
    """A sandbox as an ASGI application.

    `base_url` is the prefix of links. `seed` makes ids reproducible. `state` is the file that keeps the tenant.
    Without `token` any SSWS token is accepted.
    """
    return app_of(Sandbox.open(base_url, token=token, pipeline=pipeline, state=state, clock=clock, seed=seed))


def app_of(sandbox: Sandbox) -> Application:
    """The ASGI application of a sandbox."""
    app: App = falcon.asgi.App(middleware=[RequestMiddleware(sandbox)])
    app.req_options.strip_url_path_trailing_slash = True
    app.req_options.keep_blank_qs_values = True
    app.resp_options.default_media_type = falcon.MEDIA_JSON
    by_path: dict[str, list[Route]] = {}
    for route in [*ROUTES, *system_log.ROUTES, *control.routes(sandbox)]:
        by_path.setdefault(route.path, []).append(route)
    for path, routes in by_path.items():
        app.add_route(path, Endpoint(sandbox, routes))
    app.add_error_handler(OktaError, _answer_refusal(sandbox))
    app.add_error_handler(falcon.HTTPError, _answer_http_error(sandbox))
    app.add_error_handler(Exception, _answer_failure(sandbox))
    app.add_error_handler(ConnectionDropped, _reraise)
    return require_complete_bodies(app)


class Endpoint:
    """A Falcon resource: the routes of one path."""

    def __init__(self, sandbox: Sandbox, routes: Iterable[Route]) -> None:
        for route in routes:
            setattr(self, f"on_{route.method.lower()}", _responder(sandbox, route))


def _responder(sandbox: Sandbox, route: Route) -> Responder:
    method, handler = route.method, route.handler

    async def respond(request: falcon.asgi.Request, response: falcon.asgi.Response, **params: str) -> None:
        caller: Caller = request.context.caller
        authorise(sandbox.tenant, caller, request.path, params, route.needed_scope)
        content = await _content(request) if method in CHANGES else b""
        call = Call(
            tenant=sandbox.tenant,
            method=method,
            path=request.path,
            params=params,
            query={name: _last(value) for name, value in request.params.items()},
            query_string=request.query_string,
            content=content,
            request_id=request.context.request_id,
            client_address=request.remote_addr,
            user_agent=request.user_agent or "",
            host=request.get_header("Host") or "",
            proof=request.get_header("DPoP") or "",
            caller=caller,
        )
        if route.fetches:
            wanted = route.fetches(call)
            call = replace(call, fetched=await sandbox.event_hooks.outbound.get_json(wanted.url, wanted.headers))
        if method in CHANGES:
            with sandbox.tenant.store.transaction():
                answer = handler(call)
            sandbox.event_hooks.publish(sandbox.tenant, call.events)
        else:
            answer = handler(call)
        _write(response, answer)

    return respond


async def _content(request: falcon.asgi.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise errors.too_large(MAX_BODY_BYTES)
    content: bytes = await request.stream.read(MAX_BODY_BYTES + 1)
    if len(content) > MAX_BODY_BYTES:
        raise errors.too_large(MAX_BODY_BYTES)
    return content


def _last(value: Any) -> str:
    """The last value of a parameter. Falcon collects repeated parameters in a list."""
    return str(value[-1]) if isinstance(value, list) else str(value)


def _write(response: falcon.asgi.Response, answer: Answer) -> None:
    response.status = answer.status
    for name, value in answer.headers.items():
        response.set_header(name, value)
    if answer.body is not None:
        response.data = answer.content()
        response.content_type = answer.content_type


def _answer_refusal(sandbox: Sandbox) -> Responder:
    async def handle(
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        error: OktaError,
        params: Mapping[str, Any],
    ) -> None:
        response.status = error.status
        body = error.body(sandbox.tenant.identifiers.error_id())
        response.data = b"" if body is None else orjson.dumps(body)
        response.content_type = falcon.MEDIA_TEXT if body is None else falcon.MEDIA_JSON
        for name, value in error.headers.items():
            response.set_header(name, value)

    return handle


def _answer_http_error(sandbox: Sandbox) -> Responder:
    """Falcon's own errors: unknown path, method not allowed."""
    refuse = _answer_refusal(sandbox)

    async def handle(
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        error: falcon.HTTPError,
        params: Mapping[str, Any],
    ) -> None:
        if isinstance(error, falcon.HTTPMethodNotAllowed):
            refusal = errors.method_not_allowed()
        elif isinstance(error, falcon.HTTPRouteNotFound):
            refusal = errors.no_such_endpoint()
        else:
            refusal = errors.malformed()
        await refuse(request, response, refusal, params)

    return handle


async def _reraise(
    request: falcon.asgi.Request,
    response: falcon.asgi.Response,
    error: Exception,
    params: Mapping[str, Any],
) -> None:
    raise error


def _answer_failure(sandbox: Sandbox) -> Responder:
    """Answer 500 to any unexpected exception: the outermost edge."""
    refuse = _answer_refusal(sandbox)

    async def handle(
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        error: Exception,
        params: Mapping[str, Any],
    ) -> None:
        logger.exception("%s %s failed", request.method, request.path, exc_info=error)
        await refuse(request, response, errors.internal(), params)

    return handle
