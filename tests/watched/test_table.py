"""The table of what is watched: every row is sound, none is read twice, and every rule is tried."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from reconciler.drift.severity import RULES
from reconciler.kinds import kind_named, kinds
from reconciler.kinds.risks import Severity
from reconciler.watched import ROWS, RULES_OF_ROWS, Row, Watch, read_rows, row_of_word, rows_of, table
from tests.watched.attacks import ATTACKS
from tests.watched.org import Org, baseline_of
from tests.watched.seeds import seed

OF_ROWS = [pytest.param(row, id=row.word) for row in ROWS]
NOT_LOCAL = frozenset(
    {
        "api-service-integration",
        "third-party-administrators",
        "admin-console-session",
        "security-events-provider",
        "user-lockout",
        "authenticator-protection",
        "user-lifecycle-policy",
        "user-lifecycle-policy-rule",
        "push-provider",
        "brand",
        "sign-in-page",
        "theme",
        "domain",
        "email-domain",
        "email-server",
        "sms-template",
    }
)
"""Rows that the local tenant does not have."""
SINGLE_POLICIES = frozenset(
    {
        "device-signal-policy",
        "device-signal-policy-rule",
        "entity-risk-policy",
        "post-auth-session-policy",
        "routing-policy",
        "session-violation-policy",
    }
)
"""Policies that Okta creates in every tenant and nobody can change; only their rules can be."""

READ_BY_KINDS = frozenset({"authenticator-aaguid"})
"""Relations that kinds read for all owners that the local tenant can have, because every tenant has these owners."""


@pytest.fixture(scope="module")
def org() -> Org:
    """A tenant with something in every collection."""
    org = Org()
    seed(org)
    return org


def test_addresses_and_words_are_unique():
    assert not [address for address, count in Counter(row.address for row in ROWS).items() if count > 1]
    words = [row.word for row in read_rows()]
    words += {word for kind in kinds() for word in (kind.name, kind.shape.others)}
    assert not [word for word, count in Counter(words).items() if count > 1 and word]


@pytest.mark.parametrize("row", OF_ROWS)
def test_a_row_is_sound(row: Row):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row.word)
    assert row.path.startswith("/")
    assert row.path.count("{id}") == row.below.count("{id}") + bool(row.below)
    assert re.fullmatch(r"okta\.[a-zA-Z]+", row.scope)
    assert row.events
    assert bool(row.condition) == bool(row.below)
    if row.single:
        assert row.changed
    if row.below:
        listed = {kind.shape.path for kind in kinds()} | {one.path for one in ROWS}
        assert row.below.partition("?")[0] in {*listed, "/api/v1/mappings"}


def test_the_ids_of_all_rules_differ():
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_every_rule_is_declared_by_some_row():
    declared = {risk.rule for row in ROWS for risk in row.all_risks}
    assert set(RULES_OF_ROWS) <= declared <= set(RULES)


def test_a_list_that_kinds_read_is_not_read_twice():
    read = {row.word for row in read_rows()}
    assert not read & {"event-hook", "custom-admin-role"}
    assert {"api-token", "administrator"} <= read
    assert row_of_word("event-hook") is None
    assert [row.word for row in rows_of(kind_named("event-hook"))] == ["event-hook"]


DOCUMENTS = tuple(f"{kind.shape.path}/" for kind in kinds() if kind.owned_by)
"""Documents about an owner are read again for the parts that no kind covers."""


def test_a_kind_takes_a_row_over(monkeypatch: pytest.MonkeyPatch):
    lists = table.lists_of_kinds() | {"/api/v1/api-tokens", "/api/v1/users/{id}/roles"}
    monkeypatch.setattr(table, "lists_of_kinds", lambda: lists)
    table._read_rows.cache_clear()
    try:
        words = {row.word for row in read_rows()}
        assert "api-token" not in words
        assert "admin-role-of-user" in words, "kinds read relations of managed owners only"
    finally:
        monkeypatch.undo()
        table._read_rows.cache_clear()


def test_a_kind_with_the_word_of_a_relation_keeps_its_word():
    """Findings of the kind are not taken for findings of the row."""
    (row,) = [row for row in ROWS if row.address == "/api/v1/iam/resource-sets/{id}/bindings"]
    assert not any(row_of_word(kind.name) for kind in kinds())
    assert row_of_word(row.word) is row


def test_requests_follow_the_formula(org: Org):
    """One for each list without an owner, and one for each owner that has a relation; none twice."""
    live = org.read()
    relations = [(row, owner) for row in live.watched.rows if row.below for owner in live.watched.of(row)]
    of_tops = [row for row in live.watched.rows if not row.below]
    parts = {row.request(owner.split("/")) for row, owner in [*relations, *((top, "") for top in of_tops)]}
    details = {detail.path for items in live.objects.values() for item in items for detail in item.details}
    of_kinds = org.requests_of(Watch(()))
    shared = {part for part in parts if part in of_kinds or part.partition("?")[0] in of_kinds}
    shared = {part for part in shared if not part.startswith(DOCUMENTS)}
    assert details
    assert live.requests == len(of_kinds) + len(parts - shared)


def test_no_request_of_a_row_is_one_of_a_kind(org: Org, monkeypatch: pytest.MonkeyPatch):
    """Otherwise, a kind covers a row without that the table shows it: give both the same path."""
    of_kinds = org.requests_of(Watch(()))
    both = org.requests_of(Watch(read_rows(), frozenset(org.sensitive)))
    assert of_kinds
    twice = [request for request, count in Counter(both).items() if count > 1]
    assert [request for request in twice if not request.startswith(DOCUMENTS)] == []
    assert set(of_kinds) < set(both)


def test_two_reads_give_no_finding(org: Org):
    before = baseline_of(org.read())
    assert [one for one in org.findings(before) if one.verdict == "beyond"] == []


def test_the_local_tenant_has_the_other_rows(org: Org):
    live = org.read()
    assert not live.watched.hidden
    absent = {row.word for row in live.watched.rows if row.address in live.watched.absent}
    empty = {row.word for row in live.watched.rows if row.below and not live.watched.of(row)}
    assert {word.removeprefix("undeclared-") for word in absent | empty} <= NOT_LOCAL | {
        "device-signal-policy-rule",
        "profile-enrollment-app",
        *READ_BY_KINDS,
    }


def test_every_row_of_the_local_tenant_is_attacked():
    attacked = {attack.word for attack in ATTACKS}
    harmful = {row.word for row in read_rows() if any(risk.rule.severity >= Severity.HIGH for risk in row.all_risks)}
    harmful = {word.removeprefix("undeclared-") for word in harmful}
    assert harmful - attacked - NOT_LOCAL <= SINGLE_POLICIES | READ_BY_KINDS
