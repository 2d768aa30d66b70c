"""Custom e-mail servers: `/api/v1/email-servers`. Passwords are never shown, and no mail is sent."""

from pydantic import Field

from okta_sandbox.body import Body, read, required_text
from okta_sandbox.collection import NO_STAMPS, Collection, Events, Family
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import NO_CONTENT, Answer, Call, Route
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record

EVENTS = "system.custom_email_server.lifecycle."


class _Server(Body):
    alias: str = required_text()
    host: str = required_text()
    port: int = Field(ge=1, le=65535)
    username: str = required_text()
    password: str | None = None
    enabled: bool = False


class _Test(Body):
    to: str = required_text()


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    password = body.pop("password") or (before.private["password"] if before else None)
    if not password:
        raise invalid_field("password", "The field cannot be left blank")
    return {**body, "_private": {"password": password}}


SERVERS = Collection(
    kind="EmailServer",
    path="/api/v1/email-servers",
    item="server",
    prefix="ces",
    model=_Server,
    events=Events.lifecycle("EmailServer", EVENTS),
    operations=("list", "create", "read", "delete"),
    created_status=201,
    stamps=NO_STAMPS,
    title=lambda body: str(body["alias"]),
    complete=_complete,
    wrapped_in="email-servers",
)


def _update(call: Call) -> Answer:
    """PATCH; omitted fields stay."""
    server = SERVERS.named_in(call)
    return Answer(200, SERVERS.view(call.tenant, SERVERS.put(call, server, {**server.body, **call.json()})))


def _test(call: Call) -> Answer:
    SERVERS.named_in(call)
    read(_Test, call.json())
    return NO_CONTENT


FAMILY = Family(
    (SERVERS,),
    (
        Route("PATCH", SERVERS.item_path, _update),
        Route("POST", f"{SERVERS.item_path}/test", _test),
    ),
    scope="okta.emailServers",
)
