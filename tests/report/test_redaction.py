"""Canaries: secrets planted wherever a report could pick them up, and looked for in every format."""

import html
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.definitions.model import Source
from reconciler.drift.findings import Attribution, Difference, Finding, Verdict
from reconciler.drift.relations import Relation
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.known_secrets import REDACTED
from reconciler.plan import AffectedObject, Effect, FieldChange, GuardResult, Override
from reconciler.report import FORMATS, PLAN_FORMATS, PlanReport, Redactor, render_drift, render_plan
from reconciler.report.html import LONGEST
from reconciler.report.redaction import without_secret_fields
from tests.report import samples

PEM = "-----BEGIN PRIVATE KEY-----\nCANARYa0b1c2d3e4f5\nCANARYg6h7i8j9k0l1\n-----END PRIVATE KEY-----\n"
CANARIES = ["CANARY-plain-0123", "CANARY\"<&>'|`/ +%\\é\t!", PEM]
TRACES = ("CANARY", "a0b1c2d3e4f5", "g6h7i8j9k0l1", "0123")
"""What must not be left of them."""


def planted(secret):
    """A report with the secret in every text that it has."""
    text = f"before {secret} after"
    finding = Finding(
        Verdict.CONFLICT,
        "group",
        text,
        f"label {text}",
        okta_id=f"id {text}",
        field="description",
        expected={text: [text, {"deep": text}]},
        applied=f"https://a.example/?token={quote(secret)}",
        actual=[text, json.dumps(secret), quote_plus(secret), html.escape(secret)],
        differences=[Difference(f"description[{secret}]", text, {"inside": (text,)})],
        source=Source(f"{secret}.yaml", 1, 1),
        detail=text,
        rules=(text,),
        attribution=Attribution(text, text, datetime(2026, 3, 1, tzinfo=UTC), text, text, False),
    )
    whole = replace(finding, name="", field="", verdict=Verdict.UNMANAGED)
    return replace(
        samples.report([finding, whole]),
        environment=text,
        url=text,
        commit=secret,
        definitions_digest=text,
        relations=[Relation((text, text), ("group", text), True)],
        names=[(text, text)],
        tenant_location=Source(f"{secret}.yaml", 1, 1),
        ignored={samples.entry(text, 1, owner=text): [replace(finding, name="ignored", field="name")]},
    )


def assert_clean(report):
    assert REDACTED in report or "&#91;redacted&#93;" in report
    for trace in TRACES:
        assert trace not in report


@pytest.mark.parametrize("secret", CANARIES)
@pytest.mark.parametrize("form", FORMATS)
def test_no_format_of_a_drift_report_shows_a_secret(form, secret):
    assert "CANARY" in render_drift(planted(secret), form)
    assert_clean(render_drift(planted(secret), form, Redactor([secret])))


@pytest.mark.parametrize("secret", CANARIES)
@pytest.mark.parametrize("form", PLAN_FORMATS)
def test_no_format_of_a_plan_shows_a_secret(form, secret):
    changes = Changes({secret: Change(Operation.CREATE, "group", secret, (secret,))}, failures=[f"error: {secret}"])
    field = FieldChange("name", secret, {secret: [secret]}, differences=[Difference(secret, secret, secret)])
    update = samples.planned_change(
        Operation.UPDATE, "group", f"other {secret}", field, rules=(secret,), okta_id=secret
    )
    changes.changes["other"] = Change(Operation.UPDATE, *update.address)
    plan = PlanReport(
        secret,
        secret,
        changes,
        commit=secret,
        planned=[update],
        guards=[
            GuardResult(
                "a-rule",
                secret,
                secret,
                secret,
                secret,
                override=Override("a-rule", secret, secret, secret, samples.STARTED),
            )
        ],
        effects=[
            Effect(
                update.address,
                "an-effect",
                secret,
                1,
                objects=[AffectedObject("group", secret, secret, True)],
                becomes=secret,
            )
        ],
    )
    assert "CANARY" in render_plan(plan, form)
    assert_clean(render_plan(plan, form, Redactor([secret])))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("at", [150, 155, 160, 230, 235, 240, LONGEST - 5])
def test_a_secret_does_not_show_its_first_half_where_a_value_is_cut(form, at):
    value = "-" * at + "CANARY-plain-0123" + "-" * 3_000
    report = samples.report([Finding(Verdict.CHANGED, "group", "a", "A", field="description", actual=value)])
    assert "CANARY" not in render_drift(report, form, Redactor(["CANARY-plain-0123"]))


SECRET_FIELD = Finding(
    Verdict.CHANGED,
    "oidc-app",
    "console",
    "Console",
    field="client_secret",
    expected="CANARY declared",
    applied="CANARY applied",
    actual="CANARY live",
    differences=[Difference("client_secret", "CANARY declared", "CANARY live")],
)


@pytest.mark.parametrize("form", FORMATS)
def test_values_of_secret_fields_are_redacted_even_if_unknown(form):
    text = render_drift(samples.report([SECRET_FIELD]), form)
    assert "client_secret" in text
    assert "CANARY" not in text


def test_a_secret_inside_a_structure_is_not_reported():
    whole = replace(
        SECRET_FIELD,
        field="settings",
        expected=[{"client_secret": "CANARY", "label": "seen"}],
        applied=None,
        actual={"deep": {"client_secret": "CANARY"}},
        differences=[Difference("settings[0].client_secret", "CANARY", None)],
    )
    masked = without_secret_fields(whole)
    assert "CANARY" not in repr(masked)
    assert masked.expected == [{"client_secret": REDACTED, "label": "seen"}]
    assert masked.applied is None
    assert masked.differences == (Difference("settings[0].client_secret", REDACTED, None),)


def test_a_kind_without_secrets_is_unchanged():
    finding = replace(SECRET_FIELD, kind="group")
    assert without_secret_fields(finding) is finding


def test_types_survive():
    report = samples.report()
    safe = Redactor(["CANARY-plain-0123"]).redact(report)
    assert safe == replace(report, findings=safe.findings, ignored=safe.ignored)
    assert list(safe.ignored) == list(report.ignored)
    assert [finding.id for finding in safe.findings] == [finding.id for finding in report.findings]
    assert all(type(finding.verdict) is Verdict for finding in safe.findings)
    assert Redactor(["2026-03"]).redact({"at": datetime(2026, 3, 1, tzinfo=UTC), "n": 1.5})["n"] == 1.5


LONG_ENOUGH = st.text(st.characters(codec="utf-8"), min_size=6).filter(lambda text: len(text.strip()) >= 6)


@settings(deadline=None)
@given(st.lists(LONG_ENOUGH, min_size=1), st.text(), st.text(), st.data())
def test_no_known_secret_survives(secrets, before, after, data):
    secret = data.draw(st.sampled_from(secrets))
    text = Redactor(secrets).redact(f"{before}{secret}{after}")
    assert REDACTED in text
    assert all(secret not in rest for rest in text.split(REDACTED))


def test_the_longest_secret_is_redacted_first():
    assert Redactor(["secret-1", "secret-1-and-more"]).redact("x secret-1-and-more y") == f"x {REDACTED} y"


@pytest.mark.parametrize("short", ["", "kind", "\n" + " " * 8, "12345"])
def test_secrets_too_short_to_search_for_are_skipped(short):
    assert Redactor([short]).redact("the kind 12345 \n         ") == "the kind 12345 \n         "


def test_the_lines_of_a_key_are_secret_and_its_header_is_not():
    redactor = Redactor([PEM])
    assert redactor.redact("at CANARYg6h7i8j9k0l1 of it") == f"at {REDACTED} of it"
    assert redactor.redact("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


def test_white_space_around_a_secret_does_not_hide_it():
    assert Redactor([" s3cret-value\n"]).redact("is s3cret-value.") == f"is {REDACTED}."


def test_a_secret_is_found_in_any_text_of_a_value():
    redactor = Redactor(["CANARY-plain-0123"])
    assert redactor.finds({"a": [1, ("x", {"of CANARY-plain-0123": None})]})
    assert not redactor.finds({"a": [1, ("x", {"of CANARY-pl": None}, "https://kim:pass@acme.example")]})
