"""The page is read back with a parser: what is in it, and what must never be."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from reconciler.drift.findings import Difference, Finding, Verdict
from reconciler.engine.changes import Changes
from reconciler.printable import printable
from reconciler.report import PlanReport, render_drift, render_plan
from reconciler.report.html import LONGEST, MOST_VALUES, render
from tests.report import samples

PAGES = {
    **{
        name: (render_drift(report, "html"), bool(report.findings))
        for name, report in (
            ("drift", samples.report()),
            ("clean", samples.report([])),
            ("hostile", samples.hostile()),
        )
    },
    **{
        f"plan: {name}": (render_plan(plan, "html"), bool(len(plan.changes)))
        for name, plan in (
            ("reviewed", samples.reviewed()),
            ("after a run", samples.reviewed(applied=True)),
            ("empty", PlanReport("a", "u", Changes())),
            ("hostile", samples.hostile_plan()),
        )
    },
}
"""Each page, and whether it has something to filter."""
VOID = {"meta", "input", "br"}


class Reader(HTMLParser):
    """Elements and their texts; complains about tags that do not match."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.texts = {}
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        where = self.open[-1] if self.open else ""
        self.texts[where] = self.texts.get(where, "") + data

    @property
    def text(self):
        return " ".join(text for tag, text in self.texts.items() if tag not in {"style", "script"})


@pytest.mark.parametrize(("page", "_"), PAGES.values(), ids=PAGES)
def test_the_page_makes_no_network_requests(page, _):
    read = Reader(page)
    addresses = {
        name: value
        for _, attrs in read.elements
        for name, value in attrs.items()
        if name in {"src", "href", "action", "srcset", "data", "poster", "background"}
    }
    assert all(name == "href" and value.startswith("#") for name, value in addresses.items())
    assert not {"link", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in read.elements}
    assert "url(" not in read.texts["style"]
    assert "@import" not in read.texts["style"]


@pytest.mark.parametrize(("page", "filtered"), PAGES.values(), ids=PAGES)
def test_only_the_page_s_own_style_and_script_may_run(page, filtered):
    read = Reader(page)
    (policy,) = (
        attrs["content"] for tag, attrs in read.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        count = sum(element == tag for element, _ in read.elements)
        assert count == (1 if tag == "style" or filtered else 0)
        if count:
            digest = base64.b64encode(hashlib.sha256(read.texts[tag].encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("page", [PAGES["hostile"], PAGES["plan: hostile"]], ids=["drift", "plan"])
def test_hostile_values_are_text(page):
    read = Reader(page[0])
    names = {name for _, attrs in read.elements for name in attrs}
    assert not {name for name in names if name.startswith("on") or name == "style"}
    for text in samples.HOSTILE[:-1]:
        assert read.text.count(printable(text)) >= 6
        assert all(
            text not in (value or "")
            for tag, attrs in read.elements
            for name, value in attrs.items()
            if (tag, name) != ("code", "title")
        )


def test_each_finding_shows_its_location_and_its_values():
    text = Reader(render(samples.report())).text
    for finding in samples.everything():
        assert finding.field in text
        assert not finding.source or str(finding.source) in text
    assert '"http://localhost:8080/callback"' in text
    assert "Last applied:" in text
    assert "inherited" in text


def test_what_differs_inside_a_text_is_marked():
    assert "<mark>.evil.example</mark>" in render(samples.report())


def test_the_counts_of_all_verdicts_are_shown():
    read = Reader(render(samples.report()))
    tiles = [attrs for tag, attrs in read.elements if tag == "button" and "data-verdict" in attrs]
    assert [tile["data-verdict"] for tile in tiles] == list(Verdict)


def test_filters_wait_for_the_script():
    read = Reader(render(samples.report()))
    assert [attrs for tag, attrs in read.elements if tag == "form" and "hidden" in attrs]
    assert all("disabled" in attrs for tag, attrs in read.elements if tag == "button" and "data-verdict" in attrs)


def test_long_values_and_long_lists_are_cut():
    found = Finding(
        Verdict.CHANGED,
        "oidc-app",
        "a",
        "A",
        field="redirect_uris",
        expected=[],
        actual=["x"],
        differences=[Difference(f"redirect_uris[{number}]", None, True) for number in range(150)]
        + [Difference("redirect_uris[0]", "x" * 100_000, "y")],
    )
    page = render(samples.report([found, Finding(Verdict.CHANGED, "group", "a", "A", field="f", actual="y" * 100_000)]))
    assert f"and {151 - MOST_VALUES} more values" in page
    assert "y" * (LONGEST - 1) + "… (100,002 characters)" in page
    assert len(page) < 100_000


def test_five_thousand_findings_fit_into_a_few_megabytes():
    page = render(samples.many(5_000))
    assert len(page) < 6_000_000
    assert len(re.findall('<section class="finding ', page)) == 5_000


def test_no_template_is_left_in_the_page():
    page = render(samples.report())
    assert "{{" not in page
    assert "{%" not in page


def test_a_plan_shows_its_values_guards_and_effects():
    text = Reader(render_plan(samples.reviewed(), "html")).text
    for expected in (
        "rules[From the office].factor_mode",
        "changed (secret)",
        "Refused by guards",
        "--allow 'sign-in-weakened:authentication-policy-rules phishing-resistant' --reason",
        "Overridden by kim.ito",
        "30 people leave the group Interns",
        "2 apps move to the policy Any two factors",
        "saml-app Payroll (not managed)",
        "Lost: client ID, client secret",
        "definitions/apps/payments.yaml:12:3",
    ):
        assert expected in text


def test_every_link_of_a_plan_leads_to_a_change():
    read = Reader(render_plan(samples.reviewed(applied=True), "html"))
    targets = {attrs["href"] for tag, attrs in read.elements if tag == "a"}
    anchors = {f"#{attrs['id']}" for tag, attrs in read.elements if tag == "section" and "id" in attrs}
    assert targets <= anchors
    assert len(anchors) == len(samples.PLANNED)
