"""`reconciler doctor`: what it says of a tenant."""

from __future__ import annotations

import pytest

from reconciler.sandbox import process
from tests.definitions.folder import document, group

POLICY = document("authentication-policy", "strict", "name: Strict\ndescription: Two factors.")
BOOKMARK = document("bookmark-app", "wiki", "label: Wiki\nurl: https://wiki.example.com")


@pytest.mark.parametrize(
    ("pipeline", "documents", "named"),
    [("v1", group("people") + POLICY, True), ("v1", group("people") + BOOKMARK, False), ("idx", POLICY, False)],
)
def test_a_classic_tenant_is_named_with_the_kinds_that_it_cannot_have(
    pipeline, documents, named, folder, invoke, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OKTA_API_TOKEN", "secret")
    with process.start(token="secret", pipeline=pipeline) as tenant:
        folder.write(
            f"tenant:\n  url: {tenant.url}\n  credentials: {{token: env:OKTA_API_TOKEN}}\n", "environments/staging.yaml"
        )
        folder.write(documents)
        result = invoke("doctor")

    assert "answers and accepts the credentials" in result.output
    assert ("the provider refuses authentication-policy there" in result.output) is named
    assert result.exit_code == int(named)
