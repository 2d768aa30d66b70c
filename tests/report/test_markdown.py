"""Markdown is read back with a parser, and compared with what was meant."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.drift.findings import Difference, Finding, Verdict
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.printable import printable
from reconciler.report import PlanReport, markdown, plan_markdown, render_drift
from reconciler.report.github import LIMIT, block, code, prose
from tests.report import samples

GITHUB = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


class Reader(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags = set()
        self.attributes = set()
        self.text = ""
        self.cells = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(attrs)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        self.text += data
        if self.cells:
            self.cells[-1] += data


FOREIGN = st.text(st.characters(codec="utf-8")) | st.lists(
    st.sampled_from([*"|`\\<>&*_[]()~@#:!- \n", "https://a.b", "``", "a"])
).map("".join)


@settings(deadline=None)
@given(FOREIGN)
@example("a|b")
@example("a`b")
@example("\\|`")
@example(" a ")
def test_code_in_a_table_is_read_as_what_it_was(text):
    read = Reader(GITHUB.render(f"| a | b |\n|---|---|\n| {code(text)} | end |"))
    assert len(read.cells) == 2
    assert " ".join(read.cells[0].split()) == " ".join(printable(text).split())
    assert read.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@settings(deadline=None)
@given(FOREIGN)
@example("a|b")
@example("<b>*a*</b> https://a.b")
def test_prose_in_a_table_is_read_as_what_it_was(text):
    read = Reader(GITHUB.render(f"| a | b |\n|---|---|\n| so {prose(text)} | end |"))
    assert len(read.cells) == 2
    plain = read.cells[0].removeprefix("so").replace("\N{ZERO WIDTH SPACE}", "")
    assert "".join(plain.split()) == "".join(printable(text).split())
    assert read.tags <= {"table", "thead", "tbody", "tr", "th", "td"}


@settings(deadline=None)
@given(FOREIGN, FOREIGN)
def test_a_code_block_holds_what_it_was_given(one, other):
    (fence,) = GITHUB.parse(block([one, other], "diff"))
    assert (fence.type, fence.info) == ("fence", "diff")
    assert fence.content == f"{printable(one)}\n{printable(other)}\n"


@pytest.mark.parametrize(
    "text",
    [render_drift(samples.hostile(), "markdown"), plan_markdown.render(samples.hostile_plan(), 100_000)],
    ids=["drift", "plan"],
)
def test_hostile_names_stay_text(text):
    read = Reader(GITHUB.render(text))
    assert read.tags <= {
        "h3",
        "ul",
        "li",
        "br",
        "blockquote",
        "details",
        "summary",
        "code",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "p",
        "h2",
        "strong",
    }
    assert read.attributes <= {("class", "language-diff"), ("class", "language-text"), ("open", None), ("open", "")}
    for text in samples.HOSTILE[:-1]:
        assert read.text.count(printable(text)) >= 6


def test_the_sample_has_a_row_for_each_object_and_a_block_for_each_field():
    text = render_drift(samples.report(), "markdown")
    fields = [finding for finding in samples.everything() if finding.field]
    assert text.count("```diff") == len(fields)
    for finding in samples.everything():
        assert not finding.source or str(finding.source) in text


def test_missing_objects_come_first_in_the_details():
    text = render_drift(samples.report(), "markdown")
    assert text.index("1 object missing") < text.index("<code>payments-console") < text.index("2 objects unmanaged")


@pytest.mark.parametrize("count", [0, 1, 150, 5_000])
def test_a_report_fits_into_a_comment_and_says_what_was_cut(count):
    text = markdown.render(samples.many(count))
    assert len(text) <= LIMIT
    shown = text.count("```diff")
    assert (f"**Truncated: {count - shown:,} more findings did not fit.**" in text) is (shown < count)
    assert shown == count or shown > 60


def test_a_table_is_cut_between_rows():
    stray = [
        Finding(Verdict.UNMANAGED, "group", "", "x" * 50, okta_id=f"00g{number:05}", detail="not declared")
        for number in range(2_000)
    ]
    text = markdown.render(samples.report(stray), limit=10_000)
    assert 9_000 < len(text) <= 10_000
    shown = text.count("| group |")
    assert f"**Truncated: {2_000 - shown:,} more findings did not fit.**" in text
    assert text.count("<details>") == text.count("</details>") == 1


@pytest.mark.parametrize("sign", ["|", "\x00", "`", "\U000e0001", "x"])
def test_no_value_is_long_enough_to_break_the_limit(sign):
    monster = sign * 20_000
    found = [
        Finding(
            Verdict.CHANGED,
            "group",
            f"group-{number}",
            "A",
            field="description",
            actual=monster,
            detail=monster,
            differences=[Difference(f"description[{monster}]", monster, monster)] * 100,
        )
        for number in range(3)
    ]
    assert len(markdown.render(samples.report(found))) <= LIMIT
    failed = Changes({"a": Change(Operation.CREATE, "group", monster, (monster,))}, failures=[monster] * 100)
    assert len(plan_markdown.render(PlanReport("staging", "https://a.example", failed))) <= LIMIT


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.DELETE, Operation.CREATE])
@pytest.mark.parametrize("count", [1, 50, 2_000])
def test_a_plan_fits_into_a_comment_whatever_it_changes(count, operation):
    plan = samples.long_plan(count, operation)
    text = plan_markdown.render(replace(plan, guards=samples.GUARDS * 50, effects=samples.EFFECTS * 500))
    assert len(text) <= LIMIT
    assert text.index("Refused by guards") < text.index("### Effects") < text.index("app-00000")
    for said in ("and 20 more refusals", "and 1,960 more effects"):
        assert said in text
    if count == 2_000:
        assert "more changes" in text


def test_a_long_plan_keeps_destructive_changes():
    changes = [Change(Operation.CREATE, "group", f"new-{number:05}") for number in range(5_000)]
    changes += [Change(Operation.DELETE, "group", f"old-{number:02}") for number in range(30)]
    plan = PlanReport("staging", "https://a.example", Changes({change.name: change for change in changes}))
    text = plan_markdown.render(plan)
    assert len(text) <= LIMIT
    assert text.count("| `-` delete |") == 30
    assert f"Truncated: {5_000 - text.count('| `+` create |'):,} more changes" in text
