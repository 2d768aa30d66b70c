"""Origins and redirect URIs that Okta accepts."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.kinds import kind_named


def refused(kind: str, spec: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    """The locations and messages of a refused spec."""
    try:
        kind_named(kind).fields.model_validate(spec)
    except ValidationError as error:
        return [
            (one["loc"], one["msg"].removeprefix("Value error, "))
            for one in error.errors()
            if one["type"] == "value_error"
        ]
    return []


ORIGINS = [
    "https://app.example.com",
    "http://localhost:8080",
    "ionic://localhost",
    "https://[::1]:3000",
    "HTTPS://A.EXAMPLE",
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_origin_is_scheme_host_and_port(origin: str):
    assert refused("trusted-origin", {"name": "O", "origin": origin, "scopes": ["CORS"]}) == []


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("https://app.example.com/", "write https://app.example.com"),
        ("https://app.example.com/login", "write https://app.example.com"),
        ("https://app.example.com:8443/a?b#c", "write https://app.example.com:8443"),
        ("https://app.example.com?x", "write https://app.example.com"),
        ("https://user@app.example.com", "write https://user"),
        ("env:NAME", "must be an origin such as"),
        ("ws://app.example.com", "must be an origin such as"),
        ("https://", "must be an origin such as"),
    ],
)
def test_origin_ends_after_the_port(origin: str, message: str):
    ((place, told),) = refused("trusted-origin", {"name": "O", "origin": origin, "scopes": ["CORS"]})
    assert place == ("origin",)
    assert message in told


def app(**spec: Any) -> dict[str, Any]:
    return {"label": "A", "type": "web", "redirect_uris": ["https://a.example.com/callback"], **spec}


WILD = "https://*.example.com/callback"


@pytest.mark.parametrize("uri", [WILD, "https://pr-*-preview.app.example.com/", "https://*.example.com:8443/cb"])
def test_wildcard_needs_wildcard_redirect(uri: str):
    assert refused("oidc-app", app(redirect_uris=[uri], wildcard_redirect="SUBDOMAIN")) == []
    assert refused("oidc-app", app(redirect_uris=["https://a.example.com/cb", uri])) == [
        (("redirect_uris", 1), "* needs wildcard_redirect: SUBDOMAIN")
    ]


@pytest.mark.parametrize("mode", ["DISABLED", "SUBDOMAIN"])
@pytest.mark.parametrize(
    "uri",
    [
        "http://*/",
        "http://*.example.com/cb",
        "https://*/",
        "https://*.com/",
        "https://a.*.example.com/",
        "https://*.*.example.com/",
        "https://**.example.com/",
        "https://a.example.com/*",
        "https://a.example.com:*/",
        "com.example.app:/*",
    ],
)
def test_wildcard_is_the_lowest_subdomain(uri: str, mode: str):
    found = refused("oidc-app", app(redirect_uris=[uri], wildcard_redirect=mode))
    assert [place for place, _ in found] == [("redirect_uris", 0)]
    assert "only one * is allowed, in the lowest subdomain" in found[0][1]


def test_a_redirect_uri_has_no_fragment_and_a_logout_uri_no_wildcard():
    assert refused("oidc-app", app(redirect_uris=["https://a.example.com/#top"])) == [
        (("redirect_uris", 0), "must not have a fragment (#...): remove it")
    ]
    assert [told for _, told in refused("oidc-app", app(post_logout_redirect_uris=[WILD]))] == [
        "must not contain *: list each logout redirect URI"
    ]
