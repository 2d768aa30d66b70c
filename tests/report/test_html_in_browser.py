"""The page in a real browser: filters, links, layout and contrast."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.drift.run import DriftReport
from reconciler.report import PlanReport, render_drift, render_plan
from reconciler.report.objects import most_severe_first
from tests.report import samples
from tests.report.browser import CHROMIUM, Page, page

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on PATH")

SHOWN = "[...document.querySelectorAll('.finding')].filter((finding) => finding.checkVisibility()).length"
ALL = len(samples.everything())
SAID = "document.querySelector('.filters output').value"

CONTRAST = """(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (...colors) => {
        canvas.fillStyle = "white";
        for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
            .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element) => {
        const colors = [];
        for (; element; element = element.parentElement) colors.unshift(getComputedStyle(element).backgroundColor);
        return colors;
    };
    const coloured = "h3 .severity, h3 .verdict, .chip .severity, .who, .rules, .timeline time, .lost, .soft, .outcome";
    return [...document.querySelectorAll(coloured)].map((word) => {
        const [one, other] = [light(...behind(match_of(word), getComputedStyle(word).color), light(...behind(word)))];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        return { ratio, text: word.textContent, class: word.className };
    }).reduce((worst, one) => one.ratio < worst.ratio ? one : worst);
})()"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with page(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def show(tab: Page, tmp_path: Path):
    """Open a report; afterwards, check that it made no network request and logged no error."""
    file = tmp_path / "drift.html"
    tab.requests.clear()
    tab.complaints.clear()

    def opened(report: DriftReport | PlanReport, **options) -> Page:
        text = render_plan(report, "html") if isinstance(report, PlanReport) else render_drift(report, "html")
        file.write_text(text, encoding="utf-8")
        tab.open(file, **options)
        return tab

    yield opened
    assert set(tab.requests) == {file.as_uri()}
    assert tab.complaints == []


def search(tab: Page, text: str) -> None:
    tab.evaluate(
        f"""(() => {{
            const input = document.querySelector("input[type=search]");
            input.value = {text!r};
            input.dispatchEvent(new Event("input"));
            return new Promise((resolve) => setTimeout(resolve, 200));
        }})()"""
    )


def test_everything_is_shown_first(show):
    tab = show(samples.report())
    assert tab.evaluate(SHOWN) == len(samples.everything())
    assert tab.evaluate(SAID) == f"{ALL} findings"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("localhost", 1),
        ("PAYMENTS console", 4),
        ("0oa5mn6op7QR8st9U697", 3),
        ("payments.yaml:17", 1),
        ("pending", 2),
        ("break-glass", 2),
        ("203.0.113.77 missing", 1),
        ("mfa-weakened", 1),
        ("nowhere to be found", 0),
    ],
)
def test_search_finds_names_fields_values_locations_and_ids(show, text, shown):
    tab = show(samples.report())
    search(tab, text)
    assert tab.evaluate(SHOWN) == shown
    assert tab.evaluate(SAID) == f"{shown} of {ALL} findings"
    assert tab.evaluate("document.querySelector('.empty').checkVisibility()") is (shown == 0)


def test_verdicts_kinds_and_texts_narrow_one_another_and_can_be_reset(show):
    tab = show(samples.report())
    tab.evaluate("document.querySelector('.tile.changed').click()")
    assert tab.evaluate(SHOWN) == 5
    tab.evaluate("document.querySelector('.tile.conflict').click()")
    assert tab.evaluate(SHOWN) == 6
    tab.evaluate("""(() => {
        const kind = document.querySelector("select");
        kind.value = "oidc-app";
        kind.dispatchEvent(new Event("change"));
    })()""")
    assert tab.evaluate(SHOWN) == 5
    search(tab, "leeway")
    assert tab.evaluate(SHOWN) == 1
    tab.evaluate(
        "document.querySelector('button[type=reset]').click(), new Promise((resolve) => setTimeout(resolve, 50))"
    )
    assert tab.evaluate(SHOWN) == ALL


def press(tab: Page, selector: str) -> None:
    tab.evaluate(f"document.querySelector({selector!r}).click()")


def test_severities_narrow_verdicts(show):
    tab = show(samples.report())
    press(tab, ".chip.critical")
    assert tab.evaluate(SHOWN) == 3
    press(tab, ".chip.high")
    assert tab.evaluate(SHOWN) == 8
    press(tab, ".tile.changed")
    assert tab.evaluate(SHOWN) == 4


def test_a_link_leads_to_its_finding_even_if_a_filter_hides_it(show):
    tab = show(samples.report())
    press(tab, ".tile.pending")
    press(tab, ".timeline a")
    tab.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    assert tab.evaluate("document.querySelector(':target').checkVisibility()") is True
    assert tab.evaluate(SHOWN) == ALL


def test_severity_is_never_shown_by_colour_alone(show):
    tab = show(samples.report())
    assert tab.evaluate("document.querySelectorAll('.finding').length") == ALL
    words = tab.evaluate("[...document.querySelectorAll('h3 .severity')].map((word) => word.textContent)")
    assert words == [
        finding.severity.word for item in most_severe_first(samples.everything()) for finding in item.findings
    ]
    assert tab.evaluate(
        "[...document.querySelectorAll('.box:not(.calm)')].every((box) => box.querySelector('.word').textContent)"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("report", [samples.report(), samples.reviewed(applied=True)], ids=["drift", "plan"])
def test_text_has_enough_contrast_in_light_and_dark_mode(show, scheme, report):
    """Contrast as WCAG 2.2 measures it (1.4.3): 4.5 at least, for the words that have colours."""
    tab = show(report, scheme=scheme)
    worst = tab.evaluate(CONTRAST)
    assert worst["ratio"] >= 4.5, worst


def test_boxes_do_not_overlap_and_their_texts_fit(show):
    tab = show(samples.report())
    assert tab.evaluate("document.querySelectorAll('.box').length") == 6
    assert tab.evaluate("document.querySelectorAll('.line').length") == len(samples.RELATIONS)
    assert tab.evaluate("""(() => {
        const boxes = [...document.querySelectorAll(".box")];
        const inside = (box) => {
            const frame = box.querySelector("rect").getBoundingClientRect();
            return [...box.querySelectorAll("text")].every((text) => {
                const own = text.getBoundingClientRect();
                return own.left >= frame.left && own.right <= frame.right && own.bottom <= frame.bottom;
            });
        };
        const apart = (one, other) => {
            const [a, b] = [one, other].map((shape) => shape.getBoundingClientRect());
            return a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
        };
        const allApart = (shapes) => shapes.every((one) => shapes.every((other) => one === other || apart(one, other)));
        return boxes.every(inside)
            && allApart(boxes.map((box) => box.querySelector("rect")))
            && boxes.every((box) => allApart([...box.querySelectorAll("text")]));
    })()""")


def test_hostile_values_do_nothing(show):
    tab = show(samples.hostile())
    search(tab, "<script>")
    assert tab.evaluate(SHOWN) == 2
    assert tab.evaluate("document.scripts.length") == 1


def test_an_injected_script_would_not_run(tab, tmp_path):
    file = tmp_path / "injected.html"
    page = render_drift(samples.report(), "html").replace("<main>", "<main><script>window.taken = 1</script>")
    file.write_text(page, encoding="utf-8")
    tab.complaints.clear()
    tab.open(file)
    assert tab.evaluate("window.taken") is None
    assert any("Content Security Policy" in complaint for complaint in tab.complaints)


def test_without_javascript_only_the_filters_are_missing(show):
    tab = show(samples.report(), javascript=False)
    assert tab.evaluate(SHOWN) == ALL
    assert tab.evaluate("document.querySelector('.filters').checkVisibility()") is False
    assert tab.evaluate("document.querySelectorAll('.tile:enabled').length") == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.hostile(), samples.reviewed(), samples.hostile_plan()],
    ids=["drift", "hostile", "plan", "hostile plan"],
)
def test_no_window_is_too_narrow(show, report, width):
    tab = show(report, width=width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_print_has_every_finding_and_no_filter(show):
    tab = show(samples.report(), media="print")
    assert tab.evaluate(SHOWN) == ALL
    assert tab.evaluate("document.querySelector('.filters').checkVisibility()") is False


def test_a_report_without_findings_has_no_script(show):
    tab = show(samples.report([]))
    assert tab.evaluate("document.scripts.length") == 0
    assert tab.evaluate("document.querySelector('h1').textContent").startswith("No drift")


def test_five_thousand_findings_stay_usable(show):
    started = time.monotonic()
    tab = show(samples.many(5_000))
    assert time.monotonic() - started < 10
    milliseconds = tab.evaluate("""(async () => {
        const started = performance.now();
        document.querySelector(".tile.pending").click();
        document.body.offsetHeight;
        return performance.now() - started;
    })()""")
    assert milliseconds < 1_500
    assert tab.evaluate(SHOWN) == sum(finding.verdict == "pending" for finding in samples.many(5_000).findings)


def test_a_link_shows_its_finding(show):
    finding = samples.everything()[-2]
    tab = show(replace(samples.report(), findings=samples.everything()))
    tab.evaluate(f"location.hash = '#{finding.id}'")
    assert tab.evaluate("document.querySelector(':target h3').textContent").startswith("medium unmanaged")


def test_a_plan_is_filtered_by_operation_severity_and_words(show):
    tab = show(samples.reviewed())
    everything = len(samples.PLANNED)
    assert (tab.evaluate(SHOWN), tab.evaluate(SAID)) == (everything, f"{everything} changes")
    press(tab, ".tile.delete")
    assert (tab.evaluate(SHOWN), tab.evaluate(SAID)) == (2, f"2 of {everything} changes")
    press(tab, ".tile.update")
    press(tab, ".chip.critical")
    assert tab.evaluate(SHOWN) == 2
    press(tab, "button[type=reset]")
    search(tab, "factor_mode office")
    assert tab.evaluate(SHOWN) == 1


def test_a_rule_links_to_the_changes_that_it_applies_to(show):
    tab = show(samples.reviewed())
    press(tab, ".panel a")
    tab.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    assert "phishing-resistant" in tab.evaluate("document.querySelector(':target').closest('article').textContent")


def test_what_guards_refuse_is_above_the_changes_without_javascript_too(show):
    tab = show(samples.reviewed(), javascript=False)
    assert tab.evaluate(SHOWN) == len(samples.PLANNED)
    assert tab.evaluate("document.querySelector('.panel').textContent.includes('sign-in-weakened')")


def test_two_thousand_changes_stay_usable(show):
    started = time.monotonic()
    tab = show(samples.long_plan(2_000))
    assert time.monotonic() - started < 10
    search(tab, "app-01999")
    assert tab.evaluate(SHOWN) == 1
