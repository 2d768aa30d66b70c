"""Security events providers."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Verdict
from reconciler.kinds.security_events_provider import SecurityEventsProvider
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, Refused, RefusedByValidate, Undecidable, rule

KIND = "security-events-provider"
_KEYS = {"issuer": "https://signals.example.com", "jwks_url": "https://signals.example.com/keys"}
_URL = "https://signals.example.com/.well-known/ssf-configuration"
_WELL_KNOWN = {"well_known_url": _URL, "issuer": OMIT, "jwks_url": OMIT}
_FAILED = Undecidable(
    "it depends on the tenant", "stand_in/test_service.py::test_an_error_of_the_tenant_ends_the_call_with_its_message"
)

about(
    kind=KIND,
    usual={"name": "Tested", "type": "okta", **_KEYS},
    harmless=frozenset({"name"}),
    variants={"": {"keys": {"well_known_url": OMIT}, "well-known": {"issuer": OMIT, "jwks_url": OMIT}}},
    needed={"keys": ("issuer", "jwks_url"), "well-known": ("well_known_url",)},
    rules=(
        rule(
            KIND,
            "preview",
            "len(name)",
            Refused(KIND, "name", "", {"name": "n" * 101}),
            Refused(KIND, "well_known_url", "", _WELL_KNOWN | {"well_known_url": f"{_URL}/{'u' * 1000}"}, _WELL_KNOWN),
            Refused(KIND, "issuer", "", {"issuer": f"https://{'i' * 700}"}),
            Refused(KIND, "jwks_url", "", {"jwks_url": f"https://{'j' * 1000}"}),
        ),
        rule(
            KIND,
            "create update",
            "settings missing",
            RefusedByValidate(KIND, "issuer", "required", dict.fromkeys(_KEYS, OMIT)),
        ),
        rule(KIND, "create", "Okta refuses", _FAILED),
        rule(
            KIND,
            "create update",
            "always",
            Converges(KIND, {"status": "INACTIVE"}),
            Converges(KIND, before={"status": "INACTIVE"}),
        ),
        rule(
            KIND,
            "create update",
            "settings.well_known_url given",
            RefusedByValidate(KIND, "issuer", "leave it out", {"well_known_url": _URL}),
            RefusedByValidate(KIND, "issuer", "required", {"issuer": OMIT}),
        ),
        rule(
            KIND,
            "create",
            "is_enabled not in",
            RefusedByValidate(KIND, "status", "", {"status": "PAUSED"}),
        ),
    ),
    attacks={
        "signals-forged": (
            changed(KIND, "type", "okta", "crowdstrike"),
            changed(KIND, "issuer", "https://a.example.com", "https://b.example.com"),
            changed(KIND, "jwks_url", "https://a.example.com", "https://b.example.com"),
            changed(KIND, "well_known_url", "https://a.example.com", "https://b.example.com"),
            changed(KIND, "status", "INACTIVE", "ACTIVE"),
            whole(Verdict.UNMANAGED, KIND),
        ),
        "signals-lost": (changed(KIND, "status", "ACTIVE", "INACTIVE"), whole(Verdict.MISSING, KIND)),
        "plain-http": (changed(KIND, "jwks_url", "https://a.example.com", "http://a.example.com"),),
    },
    innocent={
        "signals-forged": (changed(KIND, "name", "a", "b"), changed(KIND, "status", "ACTIVE", "INACTIVE")),
        "signals-lost": (changed(KIND, "status", "INACTIVE", "ACTIVE"),),
    },
)


@pytest.mark.parametrize(
    ("given", "field"),
    [({}, "issuer"), ({"issuer": _KEYS["issuer"]}, "jwks_url"), ({"well_known_url": _URL, **_KEYS}, "jwks_url")],
)
def test_a_provider_is_known_in_one_way(given: dict[str, str], field: str):
    with pytest.raises(ValidationError, match=field):
        SecurityEventsProvider.model_validate({"name": "A", "type": "okta", **given})
