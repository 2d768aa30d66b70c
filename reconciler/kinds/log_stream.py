"""Log streams: where Okta sends the System Log as it happens."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from reconciler.kinds.conditions import became
from reconciler.kinds.fields import Api, Argument, Checked, Name, Only, Replaces, Secret, SecretRef, Status
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import EVENTS_REDIRECTED, MONITORING_REDUCED

_AWS, _SPLUNK = "aws_eventbridge", "splunk_cloud_logstreaming"
_NEEDED = {_AWS: ("account_id", "event_source_name", "region"), _SPLUNK: ("host", "edition", "token")}
_OF_AWS = Only(lambda stream: stream.type == _AWS, f"only type: {_AWS} has it")
_OF_SPLUNK = Only(lambda stream: stream.type == _SPLUNK, f"only type: {_SPLUNK} has it")


class LogStream(Part):
    """A receiver of the whole System Log (`/api/v1/logStreams`).

    The settings of a stream to AWS cannot be changed: `up` replaces the stream.
    """

    risks = (
        changed(EVENTS_REDIRECTED, "type", "account_id", "event_source_name", "region", "host", "edition"),
        changed(EVENTS_REDIRECTED, "status", when=became("ACTIVE")),
        changed(MONITORING_REDUCED, "status", when=became("INACTIVE")),
        appeared(EVENTS_REDIRECTED),
        gone(MONITORING_REDUCED),
    )

    name: Name
    """Name of the stream, unique in the tenant."""
    type: Annotated[Literal["aws_eventbridge", "splunk_cloud_logstreaming"], Checked(), Replaces()]
    """The receiver: AWS EventBridge or Splunk Cloud."""
    account_id: Annotated[
        Annotated[str, StringConstraints(pattern=r"^\d{12}$"), Field(examples=["123456789012", "210987654321"])] | None,
        Api("settings.accountId"),
        Argument("settings.account_id"),
        Checked(),
        Replaces(),
        _OF_AWS,
    ] = None
    """AWS account, of 12 digits; required for AWS."""
    event_source_name: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._]{1,75}$"), Field(examples=["okta.log", "okta_log"])]
        | None,
        Api("settings.eventSourceName"),
        Argument("settings.event_source_name"),
        Checked(),
        Replaces(),
        _OF_AWS,
    ] = None
    """Name of the event source in EventBridge; required for AWS. The provider allows no hyphens."""
    region: Annotated[
        Annotated[
            str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$"), Field(examples=["eu-west-1", "us-east-2"])
        ]
        | None,
        Api("settings.region"),
        Argument("settings.region"),
        Replaces(),
        _OF_AWS,
    ] = None
    """AWS region of the event source; required for AWS."""
    host: Annotated[
        Annotated[
            str,
            StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.splunkcloud\.(com|gc\.com|fed\.com|mil)$"),
            Field(examples=["acme.splunkcloud.com", "lumen-pay.splunkcloud.com"]),
        ]
        | None,
        Api("settings.host"),
        Argument("settings.host"),
        Checked(),
        _OF_SPLUNK,
    ] = None
    """Host of the Splunk Cloud instance, such as `acme.splunkcloud.com`; required for Splunk."""
    edition: Annotated[
        Literal["aws", "aws_govcloud", "gcp"] | None,
        Api("settings.edition"),
        Argument("settings.edition"),
        Checked(),
        _OF_SPLUNK,
    ] = None
    """Edition of the Splunk Cloud instance; required for Splunk."""
    token: Annotated[
        SecretRef | None,
        Secret(needed=lambda stream: stream.type == _SPLUNK),
        Api("settings.token"),
        Argument("settings.token"),
        Replaces(),
        _OF_SPLUNK,
    ] = None
    """Token of the HTTP Event Collector, a UUID; required for Splunk. A new token replaces the stream. The token of an
    imported stream stays as it is, because Okta does not return it."""
    status: Annotated[Status, Checked()] = "ACTIVE"
    """Okta sends nothing to an `INACTIVE` stream."""

    @model_validator(mode="after")
    def _has_a_receiver(self) -> Self:
        missing = [name for name in _NEEDED[self.type] if getattr(self, name) is None]
        return self.without_errors([self.error_at(name, f"type: {self.type} needs it") for name in missing])


def _stops(spec: Spec) -> str:
    """Who no longer receives events."""
    host = spec.get("host")
    receiver = f"Splunk Cloud ({host})" if host else f"AWS account {spec.get('account_id')}"
    return f"{receiver} no longer receives the System Log"


LOG_STREAM = register(
    Kind(
        name="log-stream",
        resource="okta:index/logStream:LogStream",
        fields=LogStream,
        shape=Listed(path="/api/v1/logStreams", scope="okta.logStreams", query="limit=200"),
        provider=Provider(lifecycle=True, inactive_to_delete=True),
        events=("system.log_stream.lifecycle.",),
        stops=_stops,
    )
)
