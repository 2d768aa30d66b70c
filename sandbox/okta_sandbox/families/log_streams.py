"""Log streams: `/api/v1/logStreams`. Nothing is streamed. The token of a Splunk stream is never shown."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from okta_sandbox.body import Body, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Lifecycle, Unique
from okta_sandbox.errors import invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.paging import Paging
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant


class _Splunk(Body):
    host: str = required_text()
    edition: Literal["aws", "aws_govcloud", "gcp"]
    token: str | None = absent()


class _EventBridge(Body):
    accountId: str = Field(pattern=r"^\d{12}$")
    eventSourceName: str = Field(pattern=r"^[\w.-]{1,75}$")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")


class _Stream(Body):
    name: str = required_text()
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"


class _SplunkStream(_Stream):
    type: Literal["splunk_cloud_logstreaming"]
    settings: _Splunk


class _EventBridgeStream(_Stream):
    type: Literal["aws_eventbridge"]
    settings: _EventBridge


class _AnyStream(RootModel[Annotated[_SplunkStream | _EventBridgeStream, Field(discriminator="type")]]):
    """The settings depend on the type."""


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    settings = dict(body["settings"])
    token = settings.pop("token", None) or (before.private.get("token") if before else None)
    if body["type"] == "splunk_cloud_logstreaming" and not token:
        raise invalid_field("settings.token", "The field cannot be left blank")
    if before and body["type"] != before.body["type"]:
        raise invalid_field("type", "The type of a log stream cannot be changed.")
    if before and body["type"] == "aws_eventbridge" and settings != before.body["settings"]:
        raise invalid_field("settings", "The settings of an AWS EventBridge log stream cannot be changed.")
    status = before.body["status"] if before else "ACTIVE"
    return {**body, "status": status, "settings": settings, "_private": {"token": token}}


def _links(tenant: Tenant, stream: Record) -> JsonObject:
    path = f"{LOG_STREAMS.path}/{stream.id}"
    verb = "deactivate" if stream.body["status"] == "ACTIVE" else "activate"
    return {
        "self": {"href": tenant.url(path), "method": "GET"},
        verb: {"href": tenant.url(f"{path}/lifecycle/{verb}"), "method": "POST"},
    }


LOG_STREAMS = Collection(
    kind="LogStream",
    path="/api/v1/logStreams",
    item="stream",
    prefix="0oa",
    model=_AnyStream,
    events=Events.lifecycle("LogStream", "system.log_stream.lifecycle."),
    lifecycle=Lifecycle("blank"),
    paging=Paging(default=20),
    filterable=frozenset({"id", "name", "status", "type"}),
    unique=Unique(),
    complete=_complete,
    links=_links,
)

FAMILY = Family((LOG_STREAMS,), scope="okta.logStreams")
