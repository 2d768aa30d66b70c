from dataclasses import replace

from reconciler.drift.findings import Difference, Finding, Verdict
from reconciler.report.objects import ChangedValue, Side, by_object, changed_values, most_severe_first
from tests.report import samples


def finding(expected, actual, *differences, field="f"):
    return Finding(
        Verdict.CHANGED, "group", "a", "A", field=field, expected=expected, actual=actual, differences=differences
    )


def test_findings_are_grouped_by_object_in_the_order_of_the_first():
    found = samples.everything()
    mixed = [found[0], found[4], *found[1:4], *found[5:]]
    groups = by_object(mixed)
    assert [(group.name, len(group.findings)) for group in groups[:2]] == [("payments-console", 4), ("settlement", 3)]
    assert sum(len(group.findings) for group in groups) == len(found)


def test_the_most_severe_objects_and_findings_come_first():
    groups = most_severe_first(samples.everything())
    worst = [[finding.severity for finding in group.findings] for group in groups]
    assert worst == [sorted(each, reverse=True) for each in worst]
    assert [each[0] for each in worst] == sorted((each[0] for each in worst), reverse=True)
    assert sum(map(len, worst)) == len(samples.everything())


def test_unmanaged_objects_are_distinguished_by_id():
    stray = Finding(Verdict.UNMANAGED, "group", "", "tmp", okta_id="00g1")
    groups = by_object([stray, replace(stray, okta_id="00g2")])
    assert [(group.title, group.okta_id) for group in groups] == [("group tmp", "00g1"), ("group tmp", "00g2")]


def test_unreadable_parts_are_separate_from_their_owner():
    gap = Finding(Verdict.UNREADABLE, "group", "a", "a", detail="403")
    assert len(by_object([gap, finding(1, 2)])) == 2


def test_a_kind_that_could_not_be_read_has_a_title():
    (group,) = by_object([Finding(Verdict.UNREADABLE, "group-rule", "", "")])
    assert group.title == "group-rule (all of them)"


def test_a_scalar_differs_on_both_sides():
    assert list(changed_values(finding(1, None, Difference("f", 1, None)))) == [ChangedValue(Side.BOTH, "", 1, None)]


def test_a_member_of_a_set_is_on_one_side():
    found = finding(["a", "b"], ["b", "c"], Difference("f[a]", True, None), Difference("f[c]", None, True))
    assert list(changed_values(found)) == [
        ChangedValue(Side.DECLARED, "", "a", None),
        ChangedValue(Side.LIVE, "", None, "c"),
    ]


def test_a_member_may_look_like_a_path():
    found = finding([], ["x].y[z"], Difference("f[x].y[z]", None, True))
    assert list(changed_values(found)) == [ChangedValue(Side.LIVE, "", None, "x].y[z")]


def test_an_order_that_differs_shows_both_lists():
    assert list(changed_values(finding(["a", "b"], ["b", "a"]))) == [
        ChangedValue(Side.BOTH, "", ["a", "b"], ["b", "a"])
    ]


def test_values_inside_a_structure_keep_their_path():
    found = finding(
        [{"name": "a", "x": 1}, {"name": "b"}],
        [{"name": "a", "x": 2}, {"name": "c"}],
        Difference("f[a].x", 1, 2),
        Difference("f[b]", {"name": "b"}, None),
        Difference("f[c]", None, {"name": "c"}),
    )
    assert [(value.side, value.path) for value in changed_values(found)] == [
        (Side.BOTH, "f[a].x"),
        (Side.DECLARED, "f[b]"),
        (Side.LIVE, "f[c]"),
    ]


def test_a_repeated_member_is_shown_by_its_position():
    found = finding(["a", "a"], ["a", "b"], Difference("f[1]", "a", "b"))
    assert list(changed_values(found)) == [ChangedValue(Side.BOTH, "f[1]", "a", "b")]


def test_a_field_that_could_not_be_read_has_no_values():
    assert not list(changed_values(Finding(Verdict.UNREADABLE, "group", "a", "A", field="grants")))


def test_a_finding_about_a_whole_object_has_no_values():
    assert not list(changed_values(Finding(Verdict.MISSING, "group", "a", "A", expected=1)))
