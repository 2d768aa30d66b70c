"""Coverage: how objects are counted, and the output formats."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconciler.adopt.coverage import Count, coverage
from reconciler.cli.coverage import as_json, as_markdown, as_text
from reconciler.definitions import load
from reconciler.engine.state import EMPTY, Applied, State
from reconciler.kinds import kind_named
from reconciler.matching import StateMatch
from reconciler.okta.snapshot import Unreadable
from tests.adopt.tenant import NOTHING, adopted, assigned, bookmark, everyone, group, snapshot


@pytest.fixture
def found(tmp_path):
    staff, app = group("00g1", "Staff"), bookmark("0oa1", "Vault")
    adopted(snapshot(staff), tmp_path)
    state = State({("group", "staff"): Applied(staff.kind, "staff", "urn:staff", staff.id, {})}, {}, False)
    gap = Unreadable(kind_named("network-zone"), None, "403: no access")
    live = snapshot(
        everyone(),
        staff,
        group("00g2", "New"),
        group("00g3", "Newer"),
        app,
        assigned(app, []),
        unreadable=[gap],
        outside=[{"id": "0oa9", "label": "Fax", "signOnMode": "AUTO_LOGIN"}],
    )
    return coverage(StateMatch.of(load(tmp_path, "production"), state), live)


def test_counts(found):
    assert found.counts == {"group": Count(1, 2, 1), "bookmark-app": Count(0, 1, 0)}
    assert found.total == Count(1, 3, 1)
    assert found.total.share == 0.25
    assert Count(0, 0, 3).share is None
    assert found.outside == {"app AUTO_LOGIN": 1}


def test_as_a_table(found):
    assert as_text(found) == (
        "Coverage of production  https://acme.okta.com\n"
        "kind          managed  unmanaged  share  made by Okta\n"
        "group               1          2    33%             1\n"
        "bookmark-app        0          1     0%             0\n"
        "all                 1          3    25%             1\n"
        "not covered by any kind: 1 app AUTO_LOGIN\n"
        "could not be read: network-zone: 403: no access\n"
    )


def test_what_is_watched_and_what_is_not_visible(found):
    seen = replace(found, watched={"identity-provider": 2, "log-stream": 1}, not_visible={"api-token": "403: no"})
    assert "watched, not declared: 2 identity-provider, 1 log-stream\n" in as_text(seen)
    assert "not visible to these credentials: api-token\n" in as_text(seen)
    document = json.loads(as_json(seen))
    assert (document["watched"], document["not_visible"]) == (seen.watched, seen.not_visible)
    assert document["total"]["share"] == 0.25


def test_names_from_the_tenant_cannot_break_lines(found):
    hostile = replace(found, outside={"app \x1b[31m": 1}, unreadable=("group: 500: \nall is well",))
    assert all(line.isprintable() for form in (as_text, as_markdown) for line in form(hostile).split("\n"))


def test_as_markdown(found):
    lines = as_markdown(found).splitlines()
    assert "| kind | managed | unmanaged | share | made by Okta |" in lines
    assert "| all | 1 | 3 | 25% | 1 |" in lines


def test_as_json(found):
    document = json.loads(as_json(found))
    assert document["total"] == {"managed": 1, "unmanaged": 3, "made_by_okta": 1, "share": 0.25}
    assert document["kinds"]["group"]["share"] == 0.3333
    assert document["outside"] == {"app AUTO_LOGIN": 1}
    assert document["unreadable"] == ["network-zone: 403: no access"]


def test_a_list_managed_as_one_object_counts_unless_it_is_empty():
    app = bookmark("0oa1", "Vault")
    counted = coverage(StateMatch.of(NOTHING, EMPTY), snapshot(app, assigned(app, ["00g1"])))
    assert counted.counts["app-group-assignments"] == Count(0, 1, 0)
