"""Log streams to AWS and to Splunk."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Verdict
from reconciler.kinds.log_stream import LogStream
from reconciler.kinds.secret_fields import with_required_secrets
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, NotDeclarable, Refused, Requests, rule

KIND = "log-stream"
_DELETES = "stand_in/test_objects.py::test_delete_deactivates_where_required"
_SPLUNK = {
    "type": "splunk_cloud_logstreaming",
    "host": "acme.splunkcloud.com",
    "edition": "aws",
    "token": "env:TEST_APP_SECRET",
    **dict.fromkeys(("account_id", "event_source_name", "region"), OMIT),
}
_NOT_OF_AWS = dict.fromkeys(("host", "edition", "token"), OMIT)
_NOT_OF_SPLUNK = dict.fromkeys(("account_id", "event_source_name", "region"), OMIT)

about(
    kind=KIND,
    usual={
        "name": "Tested",
        "type": "aws_eventbridge",
        "account_id": "123456789012",
        "event_source_name": "okta.tested",
        "region": "eu-west-1",
    },
    harmless=frozenset({"name"}),
    fixed=dict.fromkeys(("type", "account_id", "event_source_name", "region"), "Okta refuses to change it"),
    variants={
        "": {
            "aws": {"type": "aws_eventbridge", **_NOT_OF_AWS},
            "splunk": {"type": "splunk_cloud_logstreaming", **_NOT_OF_SPLUNK},
        }
    },
    needed={"aws": ("account_id", "event_source_name", "region"), "splunk": ("host", "edition", "token")},
    rules=(
        rule(KIND, "preview", "type not in", Refused(KIND, "type", "", {"type": "gcp_pubsub"})),
        rule(KIND, "preview", "status not in", Refused(KIND, "status", "", {"status": "PAUSED"})),
        rule(KIND, "preview", "len(settings.account_id)", Refused(KIND, "account_id", "", {"account_id": "1234"})),
        rule(
            KIND,
            "preview",
            "settings.event_source_name",
            Refused(KIND, "event_source_name", "", {"event_source_name": "okta-log"}),
        ),
        rule(
            KIND, "preview", "settings.edition", Refused(KIND, "edition", "", {**_SPLUNK, "edition": "azure"}, _SPLUNK)
        ),
        rule(
            KIND,
            "preview",
            "settings.host",
            Refused(KIND, "host", "", {**_SPLUNK, "host": "acme.splunkcloudgc.com"}, _SPLUNK),
        ),
        rule(KIND, "preview", "settings.token", NotDeclarable("the token is a reference to a secret")),
        rule(KIND, "preview", "any of type", Converges(KIND, {"region": "eu-west-3"}, before={"region": "eu-west-1"})),
        rule(KIND, "create", "status given", Converges(KIND, {"status": "INACTIVE"})),
        rule(KIND, "read", "status unset", Converges(KIND)),
        rule(KIND, "delete", "always", Requests("ACTIVE objects are deactivated first", _DELETES)),
    ),
    attacks={
        "events-redirected": (
            changed(KIND, "type", "aws_eventbridge", "splunk_cloud_logstreaming"),
            changed(KIND, "account_id", "123456789012", "666666666666"),
            changed(KIND, "event_source_name", "okta", "attic"),
            changed(KIND, "region", "eu-west-1", "us-east-1"),
            changed(KIND, "host", "acme.splunkcloud.com", "evil.splunkcloud.com"),
            changed(KIND, "edition", "aws", "gcp"),
            changed(KIND, "status", "INACTIVE", "ACTIVE"),
            whole(Verdict.UNMANAGED, KIND),
        ),
        "monitoring-reduced": (changed(KIND, "status", "ACTIVE", "INACTIVE"), whole(Verdict.MISSING, KIND)),
    },
    innocent={
        "events-redirected": (changed(KIND, "name", "a", "b"),),
        "monitoring-reduced": (changed(KIND, "status", "INACTIVE", "ACTIVE"),),
    },
)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"type": "aws_eventbridge", "account_id": "123456789012", "region": "eu-west-1"}, "event_source_name"),
        ({"type": "splunk_cloud_logstreaming", "edition": "aws"}, "host"),
        (
            {"type": "splunk_cloud_logstreaming", "edition": "aws", "host": "a.splunkcloud.com", "region": "eu-west-1"},
            "leave it out",
        ),
        ({"type": "splunk_cloud_logstreaming", "edition": "aws", "host": "a.splunkcloud.com"}, "token"),
    ],
)
def test_a_stream_has_the_settings_of_its_receiver(spec, message):
    with pytest.raises(ValidationError, match=message):
        LogStream.model_validate({"name": "A", **spec})


def test_an_adopted_stream_to_splunk_refers_to_a_token_and_one_to_aws_does_not():
    def adopted(kind: str) -> object:
        return with_required_secrets(LogStream, {"type": kind}, "env:{}".format).get("token")

    assert (adopted("splunk_cloud_logstreaming"), adopted("aws_eventbridge")) == ("env:token", None)
