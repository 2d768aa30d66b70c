"""CAPTCHAs and where they are shown."""

from __future__ import annotations

from reconciler.drift.findings import Verdict
from tests.drift.ratings import changed, whole
from tests.of_kinds import about
from tests.official.provider_rules import Converges, Refused, Undecidable, rule
from tests.settled import document

CAPTCHA, SETTINGS = "captcha", "captcha-org-wide-settings"
_USUAL = {"name": "Tested", "type": "HCAPTCHA", "site_key": "site", "secret_key": "env:TEST_APP_SECRET"}
_CLASSIC = Undecidable(
    "it depends on the tenant", "okta/test_snapshot.py::test_a_classic_tenant_is_refused_and_not_a_gap"
)

about(
    kind=CAPTCHA,
    usual=_USUAL,
    harmless=frozenset({"name"}),
    variants={"": {"one": {}, "two": {}}},
    another={"secret_key": "of another"},
    rules=(
        rule(CAPTCHA, "create update", "always", Converges(CAPTCHA, {"site_key": "other"})),
        rule(CAPTCHA, "create read update delete", "org:", _CLASSIC),
    ),
    attacks={
        "captcha-weakened": (changed(CAPTCHA, "site_key", "ours", "theirs"), whole(Verdict.MISSING, CAPTCHA)),
    },
    innocent={"captcha-weakened": (changed(CAPTCHA, "name", "a", "b"),)},
)

about(
    kind=SETTINGS,
    usual={"captcha": "shown", "enabled_for": ["SIGN_IN"]},
    surroundings=(document(CAPTCHA, "shown", **_USUAL),),
    rules=(
        rule(
            SETTINGS,
            "preview",
            "enabled_for given and captcha_id unset",
            Refused(
                SETTINGS, "enabled_for", "needs a `captcha`", {"captcha": None}, {"captcha": None, "enabled_for": []}
            ),
        ),
        rule(
            SETTINGS,
            "create update",
            "enabled_for",
            Converges(SETTINGS, before={"enabled_for": ["SSPR"]}, sends={"enabledPages": ["SIGN_IN"]}),
        ),
        rule(SETTINGS, "create read update delete", "org:", _CLASSIC),
    ),
    attacks={
        "captcha-weakened": (
            changed(SETTINGS, "captcha", "shown", None),
            changed(SETTINGS, "enabled_for", ["SIGN_IN", "SSPR"], ["SSPR"]),
        ),
    },
    innocent={"captcha-weakened": (changed(SETTINGS, "enabled_for", ["SSPR"], ["SIGN_IN", "SSPR"]),)},
)
