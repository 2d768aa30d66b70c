"""Unmanaged objects, except the app that the environment signs in with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler import drift
from reconciler.definitions.model import Credentials
from reconciler.drift import Verdict
from reconciler.engine.state import EMPTY
from tests.drift.live import APP, changed, desired, snapshot
from tests.matches import match_of

KEY = {"private_key": "env:KEY", "private_key_id": "key-1"}
OURS = changed("credentials.oauthClient.client_id", "0oaChosen", {**APP, "id": "0oa7", "label": "Ours"})
THEIRS = changed("credentials.oauthClient.client_id", "0oa8", {**APP, "id": "0oa8", "label": "Theirs"})


@pytest.mark.parametrize(
    ("credentials", "unmanaged"),
    [
        (Credentials(token="env:TOKEN"), {"Ours", "Theirs"}),
        (Credentials(client_id="0oaChosen", **KEY), {"Theirs"}),
        (Credentials(client_id="0oa8", **KEY), {"Ours"}),
        (Credentials(client_id="0oa7", **KEY), {"Ours", "Theirs"}),
    ],
)
def test_the_signing_in_app_is_recognised_by_its_client_id(credentials: Credentials, unmanaged: set[str]):
    wanted = desired("nothing")
    wanted = replace(wanted, environment=replace(wanted.environment, credentials=credentials), declarations={})
    found = drift.compare(match_of(wanted, EMPTY, snapshot(OURS, THEIRS)))
    assert {one.label for one in found if one.verdict is Verdict.UNMANAGED} == unmanaged
