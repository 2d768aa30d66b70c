import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]

from reconciler.drift.findings import Finding, Verdict
from reconciler.report import render_drift
from reconciler.report.json import document, schema
from tests.report import samples

PUBLISHED = Path(__file__).parents[2] / "docs/schemas/drift-report.schema.json"


def test_the_published_schema_is_the_one_of_the_models(golden):
    golden(PUBLISHED, schema())


def test_the_schema_is_valid():
    Draft202012Validator.check_schema(json.loads(schema()))
    assert json.loads(schema())["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("report", [samples.report(), samples.report([]), samples.hostile(), samples.many(200)])
def test_reports_are_valid(report):
    Draft202012Validator(json.loads(schema())).validate(json.loads(render_drift(report, "json")))


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"findings": None},
        {"unknown": 1},
        {"counts": {"broken": 1}},
        {"seconds": "3.2"},
        {"findings": [{"id": "x"}]},
    ],
)
def test_the_schema_refuses_what_is_not_a_report(change):
    wrong = json.loads(render_drift(samples.report(), "json")) | change
    with pytest.raises(ValidationError):
        Draft202012Validator(json.loads(schema())).validate(wrong)


def test_the_schema_explains_every_member():
    described = json.loads(schema())
    members = {
        (name, member): body
        for name, part in described["$defs"].items()
        for member, body in part.get("properties", {}).items()
    }
    unexplained = [
        key
        for key, body in members.items()
        if key[0] == "FindingDocument" and "description" not in body and "$ref" not in body
    ]
    assert members
    assert not unexplained


def test_values_are_complete():
    long = Finding(Verdict.CHANGED, "group", "a", "A", field="description", expected="x" * 100_000, actual=None)
    (finding,) = json.loads(render_drift(samples.report([long]), "json"))["findings"]
    assert finding["expected"] == "x" * 100_000


def test_findings_keep_their_order_and_their_ids():
    report = samples.report()
    found = json.loads(render_drift(report, "json"))["findings"]
    assert [finding["id"] for finding in found] == [finding.id for finding in report.findings]


def test_ignored_findings_have_their_reason_and_are_not_counted():
    body = json.loads(render_drift(replace(samples.report([]), ignored=samples.IGNORED), "json"))
    one, useless = body["ignored"]
    assert (one["reason"], one["owner"], one["expires"]) == (
        "The vendor moves to another site.",
        "payments",
        "2026-12-31",
    )
    assert one["source"] == {"file": "definitions/ignore.yaml", "line": 7, "column": 3}
    assert [finding["id"] for finding in one["findings"]] == [
        finding.id for finding in samples.report().ignored_findings
    ]
    assert [rule["id"] for rule in body["rules"]] == ["redirects-widened"]
    assert useless["findings"] == []
    assert (body["findings"], body["has_drift"], sum(body["counts"].values())) == ([], False, 0)


def test_the_document_is_ascii():
    assert render_drift(samples.hostile(), "json").isascii()


def test_the_counts_add_up():
    assert sum(document(samples.report()).counts.values()) == len(samples.everything())
