"""SARIF, held against the published schema.

`sarif-2.1.0-rtm.5.json` is the schema as the npm package @microsoft/jest-sarif 1.0.0-beta.0 ships it (MIT licence,
copyright Microsoft Corporation), unchanged.
"""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, ValidationError  # type: ignore[import-untyped]

from reconciler.definitions.model import Source
from reconciler.drift.findings import Finding, Severity, Verdict
from reconciler.drift.severity import RULES
from reconciler.report import render_drift
from tests.report import samples

SCHEMA = Draft4Validator(json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text("utf-8")))


def run(report):
    (only,) = json.loads(render_drift(report, "sarif"))["runs"]
    return only


@pytest.mark.parametrize("report", [samples.report(), samples.report([]), samples.hostile(), samples.many(200)])
def test_reports_are_valid(report):
    SCHEMA.validate(json.loads(render_drift(report, "sarif")))


def test_the_schema_refuses_what_is_not_sarif():
    log = json.loads(render_drift(samples.report(), "sarif"))
    log["runs"][0]["results"][0]["level"] = "critical"
    with pytest.raises(ValidationError):
        SCHEMA.validate(log)


def test_every_rule_and_every_verdict_is_a_rule():
    rules = [rule["id"] for rule in run(samples.report())["tool"]["driver"]["rules"]]
    assert rules == [*(rule.id for rule in RULES), *Verdict]


def test_a_result_is_about_a_rule_at_its_index():
    body = run(samples.report())
    findings = [*samples.everything(), *samples.report().ignored_findings]
    for result, finding in zip(body["results"], findings, strict=True):
        assert body["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["ruleId"] in (finding.rules or [finding.verdict])


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "note"),
        (Severity.INFO, "note"),
    ],
)
def test_the_level_follows_the_severity(severity, level):
    found = Finding(Verdict.CHANGED, "group", "a", "A", severity=severity)
    (result,) = run(samples.report([found]))["results"]
    assert result["level"] == level


def test_the_most_severe_rule_names_the_result():
    found = Finding(Verdict.CHANGED, "oidc-app", "a", "A", rules=("app-moved", "mfa-weakened"))
    (result,) = run(samples.report([found]))["results"]
    assert result["ruleId"] == "mfa-weakened"


def location_of(result):
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    region = physical["region"]
    return physical["artifactLocation"], (region["startLine"], region["startColumn"])


def test_the_location_of_a_result_is_its_definition():
    source = Source("definitions/a b/ü%.yaml", 7, 3)
    (result,) = run(samples.report([Finding(Verdict.CHANGED, "group", "a", "A", source=source)]))["results"]
    artifact, region = location_of(result)
    assert artifact == {"uri": "definitions/a%20b/%C3%BC%25.yaml", "uriBaseId": "%SRCROOT%"}
    assert unquote(artifact["uri"]) == source.file
    assert region == (7, 3)


def test_an_absolute_path_is_a_file():
    source = Source("/elsewhere/apps.yaml", 1, 1)
    (result,) = run(samples.report([Finding(Verdict.CHANGED, "group", "a", "A", source=source)]))["results"]
    assert location_of(result)[0] == {"uri": "file:///elsewhere/apps.yaml"}


@pytest.mark.parametrize(
    ("place", "file", "region"),
    [
        (Source("definitions/environments/eu.yaml", 4, 9), "definitions/environments/eu.yaml", (4, 9)),
        (None, "definitions/environments/production.yaml", (1, 1)),
    ],
)
def test_the_location_of_an_unmanaged_object_is_the_line_of_the_tenant(place, file, region):
    """GitHub refuses a result without a physical location."""
    stray = Finding(Verdict.UNMANAGED, "group", "", "tmp", okta_id="00g1")
    (result,) = run(replace(samples.report([stray]), tenant_location=place))["results"]
    artifact, at = location_of(result)
    assert (artifact["uri"], at) == (file, region)


def test_fingerprints_stay_when_values_and_locations_change():
    before = Finding(Verdict.CHANGED, "group", "a", "A", field="description", actual="x", source=Source("a.yaml", 1, 1))
    after = replace(before, actual="y", source=Source("b.yaml", 9, 9), severity=Severity.HIGH)
    other = replace(before, field="name")
    prints = [run(samples.report([one]))["results"][0]["partialFingerprints"] for one in (before, after, other)]
    assert prints[0] == prints[1] != prints[2]
    assert prints[0]["finding/v1"] == before.id


def test_runs_of_two_environments_do_not_close_each_other_s_alerts():
    one, other = samples.report([]), replace(samples.report([]), environment="staging")
    assert run(one)["automationDetails"] != run(other)["automationDetails"]


def test_a_message_has_no_link_and_no_placeholder():
    for result in run(samples.hostile())["results"]:
        text = result["message"]["text"]
        bare = text.replace("\\\\", "").replace("\\[", "").replace("\\]", "").replace("{{", "").replace("}}", "")
        assert not {"[", "]", "{", "}"} & set(bare)


def test_ignored_findings_are_suppressed_with_their_reason():
    *told, first, second = run(samples.report())["results"]
    assert [result["suppressions"] for result in told] == [[]] * len(samples.everything())
    reason = [{"kind": "external", "justification": "The vendor moves to another site."}]
    assert (first["suppressions"], second["suppressions"]) == (reason, reason)


def test_without_ignored_findings_there_are_no_suppressions():
    assert not [result for result in run(samples.report(samples.everything()))["results"] if "suppressions" in result]


def test_an_unreadable_tenant_is_no_success():
    unreadable = Finding(Verdict.UNREADABLE, "group", "", "", detail="403")
    assert run(samples.report([unreadable]))["invocations"][0]["executionSuccessful"] is False
    assert run(samples.report([]))["invocations"][0]["executionSuccessful"] is True
