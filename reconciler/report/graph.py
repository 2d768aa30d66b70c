"""The layout of the graph of related objects: boxes in columns, owners and referrers to the left of their targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.drift.findings import Finding
from reconciler.drift.relations import Relation
from reconciler.drift.run import DriftReport
from reconciler.report.values import cut

Name = tuple[str, str]

WIDTH, HEIGHT = 204, 60
"""The size of a box, in pixels."""
COLUMN, ROW, GAP = WIDTH + 60, HEIGHT + 12, 22
"""The distances between columns, rows and unconnected parts, in pixels."""
MOST_SOURCES = 6
"""Owners and referrers drawn for one object."""
MOST_BOXES = 60
LONGEST = 22
"""Characters of a name that fit into a box."""
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Box:
    """An object and its position."""

    kind: str
    name: str
    x: int
    y: int
    worst: Finding | None
    """Its most severe finding; None if the object has no findings."""
    more: int
    """How many of its owners and referrers are not drawn."""

    @property
    def short(self) -> str:
        """The name, cut to fit."""
        return self.name if len(self.name) <= LONGEST else f"{self.name[: LONGEST - 1]}…"


@dataclass(frozen=True, slots=True)
class Line:
    """A relation, as the path of an SVG."""

    path: str
    owns: bool
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Graph:
    """All boxes and lines, and the size of the drawing."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def graph(report: DriftReport) -> Graph | None:
    """The graph of a report; None without relations."""
    worst: dict[Name, Finding] = {}
    for finding in report.findings:
        name = finding.kind, finding.name
        if name not in worst or finding.severity > worst[name].severity:
            worst[name] = finding
    relations = list(_drawn(report.relations, worst))
    if not relations:
        return None
    left_out: defaultdict[Name, int] = defaultdict(int)
    for relation in report.relations:
        left_out[relation.target] += 1
    for relation in relations:
        left_out[relation.target] -= 1
    positions, columns, height = _positions(relations)
    boxes = [
        Box(kind, cut(name, 200), x, y, worst.get((kind, name)), left_out[kind, name])
        for (kind, name), (x, y) in positions.items()
    ]
    lines = [_line(relation, positions) for relation in relations]
    return Graph(boxes, lines, (columns - 1) * COLUMN + WIDTH, height)


def _drawn(relations: Sequence[Relation], worst: dict[Name, Finding]) -> Iterator[Relation]:
    """The relations to draw, most severe targets first; for each the owner first, then referrers with findings."""
    by_target: defaultdict[Name, list[Relation]] = defaultdict(list)
    for relation in relations:
        if relation.target in worst and relation.source != relation.target:
            by_target[relation.target].append(relation)
    boxes: set[Name] = set()
    for target in sorted(by_target, key=lambda name: (-worst[name].severity, name)):
        nearest = sorted(by_target[target], key=lambda one: (not one.owns, one.source not in worst, one.source))
        chosen = nearest[:MOST_SOURCES]
        if len(boxes | {target, *(one.source for one in chosen)}) <= MOST_BOXES:
            boxes |= {target, *(one.source for one in chosen)}
            yield from chosen


def _positions(relations: Sequence[Relation]) -> tuple[dict[Name, tuple[int, int]], int, int]:
    """The position of each object, the number of columns and the height."""
    columns = _columns(relations)
    positions: dict[Name, tuple[int, int]] = {}
    top = 0
    for part in _parts(relations):
        by_column: defaultdict[int, list[Name]] = defaultdict(list)
        for name in part:
            by_column[columns[name]].append(name)
        height = max(map(len, by_column.values())) * ROW
        for column in sorted(by_column):
            names = sorted(by_column[column], key=lambda name: (_middle(name, relations, positions), name))
            free = (height - len(names) * ROW) // 2
            for row, name in enumerate(names):
                positions[name] = (column * COLUMN, top + free + row * ROW)
        top += height + GAP
    return positions, max(columns.values()) + 1, top - GAP


def _columns(relations: Sequence[Relation]) -> dict[Name, int]:
    """The column of each object: to the right of its owners and referrers, except in cycles."""
    columns = {name: 0 for relation in relations for name in (relation.source, relation.target)}
    for _ in range(_DEEPEST):
        for relation in relations:
            columns[relation.target] = min(_DEEPEST, max(columns[relation.target], columns[relation.source] + 1))
    for relation in relations:  # an object without sources moves next to its nearest target
        if not any(other.target == relation.source for other in relations):
            ends = [columns[other.target] for other in relations if other.source == relation.source]
            columns[relation.source] = max(0, min(ends) - 1)
    return columns


def _parts(relations: Sequence[Relation]) -> list[list[Name]]:
    """The connected parts of the graph, in the order of the relations."""
    parts: list[list[Name]] = []
    for relation in relations:
        pair = [relation.source, relation.target]
        touched = [part for part in parts if not set(part).isdisjoint(pair)]
        merged = list(dict.fromkeys([name for part in touched for name in part] + pair))
        position = parts.index(touched[0]) if touched else len(parts)
        parts = [part for part in parts if part not in touched]
        parts.insert(position, merged)
    return parts


def _middle(name: Name, relations: Sequence[Relation], positions: dict[Name, tuple[int, int]]) -> float:
    """The average height of the sources placed so far; sorting by it makes fewer lines cross."""
    above = [positions[one.source][1] for one in relations if one.target == name and one.source in positions]
    return sum(above) / len(above) if above else 0.0


def _line(relation: Relation, positions: dict[Name, tuple[int, int]]) -> Line:
    (left, above), (right, below) = positions[relation.source], positions[relation.target]
    x1, y1, x2, y2 = left + WIDTH, above + HEIGHT // 2, right - 7, below + HEIGHT // 2
    bend = max(24, (x2 - x1) // 2)
    path = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return Line(path, relation.owns, " ".join(relation.source), " ".join(relation.target))
