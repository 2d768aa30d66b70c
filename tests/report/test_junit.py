from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from reconciler.drift.findings import DRIFT, Finding, Verdict
from reconciler.report import render_drift
from tests.report import samples


def suites(report):
    return fromstring(render_drift(report, "junit"))


def cases(report):
    return {(case.get("classname"), case.get("name")): case for case in suites(report).iter("testcase")}


def test_each_declared_object_is_a_case():
    report = samples.report([])
    assert list(cases(report)) == [(f"production.{kind}", name) for kind, name in sorted_by_kind(report.names)]
    assert not [case for case in cases(report).values() if len(case)]


def sorted_by_kind(names):
    kinds = list(dict.fromkeys(kind for kind, _ in names))
    return sorted(names, key=lambda name: kinds.index(name[0]))


def test_each_finding_of_an_object_is_a_failure_of_its_case():
    case = cases(samples.report())["production.oidc-app", "payments-console"]
    assert [failure.get("message") for failure in case] == [
        "critical: changed redirect_uris",
        "critical: changed login_uri",
        "low: changed consent_method",
        "high: conflict refresh_token_leeway",
    ]
    assert '"http://localhost:8080/callback"' in case[0].text
    assert "by kim.ito@lumenpay.example" in case[0].text
    assert (case.get("file"), case.get("line")) == ("definitions/apps/payments.yaml", "10")


@pytest.mark.parametrize("verdict", Verdict)
def test_the_outcome_of_a_case(verdict):
    case = cases(samples.report([Finding(verdict, "group", "payments-operators", "A")]))
    (outcome,) = case["production.group", "payments-operators"]
    expected = "failure" if verdict in DRIFT else "skipped" if verdict is Verdict.PENDING else "error"
    assert outcome.tag == expected


@pytest.mark.parametrize("report", [samples.report(), samples.report([]), samples.hostile(), samples.many(300)])
def test_the_counts_add_up(report):
    root = suites(report)
    for element in (root, *root):
        found = [(case.find("failure"), case.find("error"), case.find("skipped")) for case in element.iter("testcase")]
        assert element.get("tests") == str(len(found))
        assert element.get("failures") == str(sum(failure is not None for failure, _, _ in found))
        assert element.get("skipped") == str(sum(skipped is not None for _, _, skipped in found))
    assert int(root.get("tests", "")) == sum(int(suite.get("tests", "")) for suite in root)


def test_ignored_findings_are_skipped_with_their_reason():
    (outcome,) = cases(samples.report())["production.oidc-app", "courier"]
    assert (outcome.tag, outcome.get("message")) == (
        "skipped",
        "ignored until 2026-12-31: The vendor moves to another site.",
    )


def test_an_ignored_finding_hides_no_failure_of_the_same_object():
    found = Finding(Verdict.CHANGED, "oidc-app", "courier", "Courier", field="status")
    (outcome,) = cases(replace(samples.report([found]), ignored=samples.IGNORED))["production.oidc-app", "courier"]
    assert outcome.tag == "failure"


def test_an_unmanaged_object_has_its_own_case():
    assert cases(samples.report())["production.group", "tmp-admins"].find("failure") is not None
