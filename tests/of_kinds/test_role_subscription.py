"""Notifications of super administrators, which every tenant has."""

from __future__ import annotations

import httpx
import pytest

from reconciler.kinds import kind_named
from tests.drift.ratings import changed
from tests.of_kinds import about
from tests.stand_in.test_objects import Okta, do

KIND = "role-subscription"
PATH = "/api/v1/roles/SUPER_ADMIN/subscriptions"

about(
    kind=KIND,
    usual={"notification_type": "USER_LOCKED_OUT", "subscribed": False},
    variants={
        "": {
            "lockouts": {"notification_type": "USER_LOCKED_OUT", "subscribed": False},
            "reports": {"notification_type": "REPORT_SUSPICIOUS_ACTIVITY", "subscribed": False},
        }
    },
    harmless=frozenset({"notification_type"}),
    fixed={"notification_type": "it says which notification it is"},
    attacks={"notifications-stopped": (changed(KIND, "subscribed", True, False),)},
    innocent={"notifications-stopped": (changed(KIND, "subscribed", False, True),)},
)


class Notifications(Okta):
    """Takes the requests that switch a notification."""

    def answer(self, method: str, path: str, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={}) if method == "POST" else super().answer(method, path, request)


@pytest.mark.parametrize(("subscribed", "verb"), [(True, "subscribe"), (False, "unsubscribe")])
def test_a_request_of_its_own_changes_it(subscribed: bool, verb: str):
    spec = {"notification_type": "AD_AGENT", "subscribed": subscribed}
    okta = Notifications(
        {PATH: [{"notificationType": "AD_AGENT", "status": "unsubscribed" if subscribed else "subscribed"}]}
    )
    do(okta, lambda objects: objects.create(kind_named(KIND), (), spec))
    assert okta.changes == [f"POST {PATH}/AD_AGENT/{verb}"]


def test_it_is_imported_with_its_role():
    shape = kind_named(KIND).shape
    assert shape.imported_as(("AD_AGENT",)) == "SUPER_ADMIN/AD_AGENT"
    assert shape.known_as("SUPER_ADMIN/AD_AGENT") == shape.known_as("AD_AGENT") == "AD_AGENT"
