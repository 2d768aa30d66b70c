import re
from urllib.parse import quote

import pytest

from .conftest import BASE_URL, Okta
from .test_apps import BOOKMARK

ANY_LOGIN = {"definitions": {"base": {"properties": {"login": {"pattern": "(?s).+"}}}}}


def next_of(link: str) -> str | None:
    found = re.search(r'<([^>]*)>; rel="next"', link)
    return found.group(1) if found else None


def pages(okta: Okta, path: str) -> list[list[str]]:
    """Follow `next` to the end; the ids of each page."""
    found, address = [], path
    while address:
        response = okta.request("GET", address)
        assert response.status_code == 200, response.text
        found.append([each["id"] for each in response.json()])
        address = next_of(response.headers.get("link", "")) or ""
    return found


def test_pages_are_complete_and_ordered(okta: Okta) -> None:
    made = [okta.group(f"group {number}") for number in range(7)]
    found = pages(okta, '/api/v1/groups?limit=3&filter=type eq "OKTA_GROUP"')
    assert [len(page) for page in found] == [3, 3, 1]
    assert [each for page in found for each in page] == made


def test_links_are_absolute_and_keep_the_query(okta: Okta) -> None:
    okta.group("one")
    link = okta.request("GET", "/api/v1/groups?limit=1").headers["link"]
    assert f'<{BASE_URL}/api/v1/groups?limit=1>; rel="self"' in link
    assert (next_of(link) or "").startswith(f"{BASE_URL}/api/v1/groups?after=")


def test_cursor_stays_valid_after_delete(okta: Okta) -> None:
    made = [okta.group(f"group {number}") for number in range(4)]
    query = '/api/v1/groups?limit=2&filter=type eq "OKTA_GROUP"'
    following = next_of(okta.request("GET", query).headers["link"])
    okta.delete(f"/api/v1/groups/{made[1]}")
    assert following is not None
    assert [each["id"] for each in okta.request("GET", following).json()] == made[2:]


def test_last_full_page_has_no_next(okta: Okta) -> None:
    okta.group("only")
    response = okta.request("GET", '/api/v1/groups?limit=1&filter=type eq "OKTA_GROUP"')
    assert next_of(response.headers["link"]) is None


def test_app_groups_have_small_pages(okta: Okta) -> None:
    app = okta.post("/api/v1/apps", BOOKMARK)["id"]
    for number in range(25):
        okta.put(f"/api/v1/apps/{app}/groups/{okta.group(f'group {number}')}", {})
    assert [len(page) for page in pages(okta, f"/api/v1/apps/{app}/groups")] == [20, 5]
    assert [len(page) for page in pages(okta, f"/api/v1/apps/{app}/groups?limit=1")] == [20, 5], "20 at least"


@pytest.mark.parametrize("query", ["limit=many", "after=nothing"])
def test_invalid_parameters_are_refused(okta: Okta, query: str) -> None:
    assert okta.request("GET", f"/api/v1/groups?{query}").status_code == 400


def test_lists_without_links(okta: Okta) -> None:
    assert "link" not in okta.request("GET", "/api/v1/groups?q=Every").headers
    assert "link" not in okta.request("GET", "/api/v1/authorizationServers/default/scopes").headers


@pytest.mark.parametrize("expression", ["[", "]", "[]", "(" * 3000, "not " * 3000, '"', "\\"])
def test_a_search_that_does_not_parse_is_refused(okta: Okta, expression: str) -> None:
    for path in ("/api/v1/groups", "/api/v1/users"):
        assert okta.request("GET", path, params={"search": expression}).status_code == 400


def test_link_url_is_escaped(okta: Okta) -> None:
    """The name of an address may hold anything; in a header it may not break the line."""
    okta.user("ada@example.com")
    okta.user("bob@example.com")
    name = "ada\r\nX-Injected: é@example.com"
    okta.post("/api/v1/meta/schemas/user/default", ANY_LOGIN)
    okta.user(name)
    response = okta.request("GET", f"/api/v1/users/{quote(name)}/groups")
    assert response.status_code == 200
    assert "x-injected" not in response.headers
    response.headers.get("link", "").encode("ascii")
