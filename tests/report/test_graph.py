"""The graph of related objects: which boxes it has and where they are."""

from dataclasses import replace

import pytest

from reconciler.drift.findings import Finding, Severity, Verdict
from reconciler.drift.relations import Relation
from reconciler.report.graph import HEIGHT, MOST_BOXES, MOST_SOURCES, WIDTH, graph
from tests.report import samples


def report(relations, *names):
    found = [Finding(Verdict.CHANGED, "group", name, name, field="description") for name in names]
    return replace(samples.report(found), relations=relations)


def to(source, target, owns=False):
    return Relation(("group", source), ("group", target), owns)


def boxes(drawn):
    return {box.name: box for box in drawn.boxes}


@pytest.mark.parametrize("relations", [[], [to("a", "a")], [to("a", "not found")]])
def test_without_relations_there_is_no_graph(relations):
    assert graph(report(relations, "a")) is None


def test_owners_and_referrers_are_to_the_left():
    drawn = boxes(graph(report([to("a", "b"), to("b", "c", owns=True), to("a", "c")], "b", "c")))
    assert drawn["a"].x < drawn["b"].x < drawn["c"].x
    assert drawn["a"].worst is None
    assert drawn["b"].worst


@pytest.mark.parametrize(
    "relations",
    [
        list(samples.RELATIONS),
        [to("a", "b"), to("b", "a")],
        [to("a", "b"), to("b", "c"), to("c", "a")],
        [to(str(number), str(number + 1)) for number in range(20)],
        [to(f"{number % 7}", f"{number}") for number in range(60)],
        [to(f"of {number}", f"{number}") for number in range(200)],
    ],
    ids=["sample", "pair", "circle", "chain", "bush", "many"],
)
def test_boxes_do_not_overlap_and_are_inside_the_drawing(relations):
    drawn = graph(replace(report(relations, *{name for one in relations for _, name in (one.source, one.target)})))
    if relations == list(samples.RELATIONS):
        drawn = graph(samples.report())
    assert drawn
    assert len(drawn.boxes) <= MOST_BOXES
    positions = [(box.x, box.y) for box in drawn.boxes]
    for number, (x, y) in enumerate(positions):
        assert 0 <= x <= drawn.width - WIDTH
        assert 0 <= y <= drawn.height - HEIGHT
        assert all(abs(x - left) >= WIDTH or abs(y - top) >= HEIGHT for left, top in positions[:number])


def test_some_of_many_referrers_are_drawn_and_the_others_counted():
    drawn = boxes(graph(report([to(f"app {number:02}", "policy") for number in range(20)], "policy")))
    assert len(drawn) == 1 + MOST_SOURCES
    assert drawn["policy"].more == 20 - MOST_SOURCES


def test_owners_and_those_with_findings_are_drawn_first():
    relations = [to(f"app {number:02}", "policy") for number in range(20)]
    relations += [to("owner", "policy", owns=True), to("found", "policy")]
    drawn = boxes(graph(report(relations, "policy", "found")))
    assert {"owner", "found"} <= drawn.keys()


def test_a_box_shows_the_worst_of_its_findings():
    mild, bad = (
        Finding(Verdict.CHANGED, "group", "b", "B", field=severity.word, severity=severity)
        for severity in (Severity.LOW, Severity.CRITICAL)
    )
    for findings in ([mild, bad], [bad, mild]):
        drawn = boxes(graph(replace(samples.report(findings), relations=[to("a", "b")])))
        assert drawn["b"].worst is bad
