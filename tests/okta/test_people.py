"""Users are looked up by few searches, and what cannot be looked up is told apart from what does not exist."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okta_sandbox.filters import compile_filter
from reconciler.okta.people import AT_ONCE, People, find, searches
from tests.okta.tenants import USERS, Shelf, client_of
from tests.okta.virtual_time import run

ADA, GRACE = "ada@example.com", "grace@example.com"


def found(tenant: Any, logins: list[str], ids: list[str] | None = None) -> People:
    async def work() -> People:
        async with client_of(tenant) as client:
            return await find(client, logins, ids or [])

    return run(work())


def test_users_are_found_by_login_and_by_id():
    tenant = Shelf({})
    people = found(tenant, [ADA], ["user:" + ADA, "user:" + GRACE])
    assert people.ids == {ADA: "user:" + ADA, GRACE: "user:" + GRACE}
    assert people.logins == {"user:" + ADA: ADA, "user:" + GRACE: GRACE}
    assert [asked.partition("&")[0] for asked in tenant.asked] == [
        f'GET {USERS}?search=profile.login eq "{ADA}"',
        f'GET {USERS}?search=id eq "user:{GRACE}"',
    ], "an id that belongs to a login is not searched again"


def test_nothing_is_asked_if_nobody_is_named():
    tenant = Shelf({})
    assert found(tenant, []) == People()
    assert tenant.asked == []


def test_a_user_who_does_not_exist_is_in_no_result():
    people = found(Shelf({}, departed=[ADA]), [ADA, GRACE])
    assert (set(people.ids), people.unreadable) == ({GRACE}, "")


def test_logins_of_okta_are_compared_in_lower_case():
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[{"id": "00u1", "profile": {"login": "Ada@Example.com"}}])

    assert found(answer, [ADA]).ids == {ADA: "00u1"}


@pytest.mark.parametrize("body", [{}, [1], [{"id": "00u1"}], [{"id": "00u1", "profile": {"login": None}}]])
def test_an_answer_in_another_form_is_unreadable(body: Any):
    assert "GET /api/v1/users" in found(lambda request: httpx.Response(200, json=body), [ADA]).unreadable


def test_a_refusal_is_no_sign_that_nobody_exists():
    people = found(Shelf({}, failing={USERS: 403}), [ADA])
    assert "403" in people.unreadable


def test_forty_users_take_one_request():
    logins = [f"user-{number:03}@example.com" for number in range(2 * AT_ONCE + 1)]
    tenant = Shelf({})
    assert len(found(tenant, logins).ids) == len(logins)
    assert len(tenant.asked) == 3


@given(st.sets(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=100), max_size=90))
def test_every_value_is_in_one_search_that_is_not_too_long(values: set[str]):
    made = list(searches("profile.login", values))
    assert all(len(one) < 8000 for one in made)
    holds = [compile_filter(unquote(one)) for one in made]
    for value in values:
        assert sum(hold({"profile": {"login": value}}) for hold in holds) >= 1
    assert all(quote(unquote(one), safe="") == one for one in made)
