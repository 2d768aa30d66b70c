"""The System Log is read with few bounded queries."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from reconciler.errors import TenantError
from reconciler.kinds import kinds
from reconciler.okta.client import OktaClient
from reconciler.okta.sign_in import ApiToken
from reconciler.okta.system_log import changes, own_ids

URL = "https://tenant.example"
SINCE = datetime(2026, 2, 22, 2, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=7)


def item(number=1, **changed):
    return {
        "uuid": str(number),
        "eventType": "application.lifecycle.update",
        "published": f"2026-02-28T21:14:{number:02}.123Z",
        "actor": {"id": "00u1", "type": "User", "alternateId": "kim@lumenpay.example", "displayName": "Kim"},
        "client": {"ipAddress": "198.51.100.1", "id": "0oaClient"},
        "target": [{"id": "0oa1", "type": "AppInstance"}, {"id": None, "type": "Setting"}, {"type": "Nothing"}],
    } | changed


class Tenant:
    """A tenant with pages of the log. It records the requests for them.

    The first query finds the pages; the queries for further families of events find nothing.
    """

    def __init__(self, *pages, status=200):
        self.pages = list(pages) or [[]]
        self.status = status
        self.asked: list[httpx.URL] = []

    @property
    def queries(self):
        """The queries, without the requests for their further pages."""
        return [url for url in self.asked if "filter" in query(url)]

    def __call__(self, request):
        self.asked.append(request.url)
        if self.status != 200:
            return httpx.Response(self.status, json={"errorCode": "E0000006", "errorSummary": "no"})
        if len(self.queries) > 1:
            return httpx.Response(200, json=[])
        number = int(query(request.url).get("after", 0))
        following = {"Link": f'<{URL}/api/v1/logs?after={number + 1}>; rel="next"'} if self.pages[number + 1 :] else {}
        return httpx.Response(200, json=self.pages[number], headers=following)

    def ask(self, work):
        async def asking():
            async with OktaClient(URL, ApiToken("token"), transport=httpx.MockTransport(self)) as client:
                return await work(client)

        return asyncio.run(asking())

    def changes(self, since=SINCE, until=UNTIL):
        return self.ask(lambda client: changes(client, since, until))


def query(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(str(url)).query).items()}


def families(url):
    return re.findall(r'eventType sw "([^"]+)"', query(url)["filter"])


def all_families(tenant):
    return [family for url in tenant.queries for family in families(url)]


def test_each_query_has_a_beginning_and_an_end():
    tenant = Tenant()
    assert tenant.changes() == []
    assert tenant.asked
    for asked in tenant.asked:
        assert asked.path == "/api/v1/logs"
        assert query(asked)["since"] == "2026-02-22T02:00:00.000Z"
        assert query(asked)["until"] == "2026-03-01T02:00:00.000Z"
        assert query(asked)["limit"] == "1000"


def test_times_are_utc_wherever_the_machine_is():
    tenant = Tenant()
    far = timezone(timedelta(hours=9))
    tenant.changes(SINCE.astimezone(far), UNTIL.astimezone(far))
    assert {query(url)["since"] for url in tenant.asked} == {"2026-02-22T02:00:00.000Z"}


def test_pages_are_followed_to_the_end():
    tenant = Tenant([item(1), item(2)], [item(3)], [])
    assert [event.time.second for event in tenant.changes()] == [1, 2, 3]
    assert [url.query.decode() for url in tenant.asked[1:3]] == ["after=1", "after=2"]
    assert tenant.asked[3:] == tenant.queries[1:]


def test_the_filters_cover_the_events_of_all_kinds():
    tenant = Tenant()
    tenant.changes()
    wanted = {event for kind in kinds() for of in (kind.events, *kind.member_events.values()) for event in of}
    assert wanted
    assert all(event.startswith(tuple(all_families(tenant))) for event in wanted)
    for url in tenant.queries:
        assert query(url)["filter"] == " or ".join(f'eventType sw "{family}"' for family in families(url))


def test_the_filters_cover_other_events_too():
    tenant = Tenant()
    others = [f"other{number:03}.changed" for number in range(100)]
    tenant.ask(lambda client: changes(client, SINCE, UNTIL, others=others))
    assert set(others) <= set(all_families(tenant))


def test_no_filter_is_too_long_and_none_is_sent_for_little():
    tenant = Tenant()
    tenant.changes()
    lengths = [len(families(url)) for url in tenant.queries]
    assert all(0 < length <= 40 for length in lengths)
    assert len(lengths) == -(-sum(lengths) // 40)


def test_the_events_of_every_query_are_found():
    def answer(request):
        one = families(request.url)[0]
        return httpx.Response(200, json=[item(eventType=one)])

    async def ask():
        async with OktaClient(URL, ApiToken("token"), transport=httpx.MockTransport(answer)) as client:
            return await changes(client, SINCE, UNTIL, others=[f"other{number:03}." for number in range(100)])

    found = [event.type for event in asyncio.run(ask())]
    assert len(found) > 2
    assert len(set(found)) == len(found)


def test_the_filters_have_no_redundant_prefixes():
    tenant = Tenant()
    tenant.changes()
    asked = all_families(tenant)
    assert "application.lifecycle." in asked
    assert "application.lifecycle.update" not in asked
    assert not [(one, other) for one in asked for other in asked if one != other and one.startswith(other)]
    assert asked == sorted(set(asked))


def test_an_event_is_read():
    (event,) = Tenant([item()]).changes()
    assert event.type == "application.lifecycle.update"
    assert event.time == datetime(2026, 2, 28, 21, 14, 1, 123000, tzinfo=UTC)
    assert (event.actor, event.actor_id) == ("kim@lumenpay.example", "00u1")
    assert (event.address, event.client_id) == ("198.51.100.1", "0oaClient")
    assert event.targets == {"0oa1"}


@pytest.mark.parametrize(
    ("changed", "actor"),
    [
        ({"actor": {"id": "00u1", "displayName": "Kim", "alternateId": None}}, "Kim"),
        ({"actor": None, "client": None, "target": None}, ""),
        ({"actor": {}, "client": {}, "target": []}, ""),
    ],
)
def test_an_event_may_have_few_members(changed, actor):
    (event,) = Tenant([item(**changed)]).changes()
    assert event.actor == actor


@pytest.mark.parametrize(
    ("outcome", "counts"), [({"result": "SUCCESS"}, True), (None, True), ({"result": "FAILURE", "reason": "no"}, False)]
)
def test_failed_attempts_are_not_changes(outcome, counts):
    assert len(Tenant([item(outcome=outcome)]).changes()) == counts


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": ["x"], "client": "x", "target": {"id": "0oa1"}, "outcome": "x"},
        {"actor": {"id": 1, "alternateId": [], "displayName": {}}, "client": {"id": 5}, "target": ["x", None]},
    ],
)
def test_malformed_members_of_an_event_are_absent(changed):
    (event,) = Tenant([item(**changed)]).changes()
    assert (event.actor, event.client_id, event.targets) == ("", "", frozenset())


@pytest.mark.parametrize(
    "odd", [None, "x", [], 7, {}, {"eventType": "x"}, item(published="yesterday"), item(eventType=5)]
)
def test_malformed_events_are_counted_and_the_others_read(odd):
    told: list[int] = []
    tenant = Tenant([item(1), odd], [item(2)])
    events = tenant.ask(lambda client: changes(client, SINCE, UNTIL, told.append))
    assert [event.time.second for event in events] == [1, 2]
    assert told == [1]


def test_a_time_without_a_zone_is_utc():
    (event,) = Tenant([item(published="2026-02-28T21:14:01.123")]).changes()
    assert event.time == datetime(2026, 2, 28, 21, 14, 1, 123000, tzinfo=UTC)


@pytest.mark.parametrize("answer", [[], None, "x", {}, {"id": None}, {"id": 7}])
def test_an_unknown_user_has_no_id(answer):
    assert Tenant(answer).ask(lambda client: own_ids(client, None)) == frozenset()


def test_an_unreadable_log_is_an_error():
    with pytest.raises(TenantError):
        Tenant(status=403).changes()


def test_an_app_has_its_client_id_without_a_request():
    tenant = Tenant()
    assert tenant.ask(lambda client: own_ids(client, "0oaSelf")) == {"0oaSelf"}
    assert tenant.asked == []


def test_the_owner_of_a_token_is_requested():
    def answer(request):
        assert request.url.path == "/api/v1/users/me"
        return httpx.Response(200, json={"id": "00uSelf"})

    async def ask():
        async with OktaClient(URL, ApiToken("token"), transport=httpx.MockTransport(answer)) as client:
            return await own_ids(client, None)

    assert asyncio.run(ask()) == {"00uSelf"}


def test_a_token_without_permission_to_read_its_owner_has_no_id():
    assert Tenant(status=403).ask(lambda client: own_ids(client, None)) == frozenset()
