"""What the WebAuthn authenticator has."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Verdict
from reconciler.kinds import kind_named
from reconciler.kinds.webauthn_fields import CustomAaguid
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import Converges, ShownBy, Undecidable, rule
from tests.settled import document

AAGUID, METHOD = "custom-aaguid", "webauthn-method"
HERE = "of_kinds/test_webauthn.py"
YUBIKEY = "cb69481e-8ff7-4039-93ec-0a2729a154a8"
_KEYS = {"key": "webauthn", "name": "Keys", "settings": OMIT}
_CLASSIC = Undecidable(
    "it depends on the tenant", "okta/test_snapshot.py::test_a_classic_tenant_is_refused_and_not_a_gap"
)

about(
    kind=AAGUID,
    usual={"aaguid": YUBIKEY, "name": "YubiKey"},
    owner=_KEYS,
    harmless=frozenset({"aaguid", "name", "platform_attached"}),
    fixed={"aaguid": "it is the id"},
    variants={"": {"key": {"aaguid": YUBIKEY}}},
    another={"aaguid": "2fc0579f-8113-47ea-b116-bb5a8db9202a"},
    attacks={
        "authenticator-weakened": (
            changed(AAGUID, "fips_compliant", False, True),
            changed(AAGUID, "hardware_protected", False, True),
            changed(AAGUID, "attestation_root_certificates", ["a"], ["b"]),
            whole(Verdict.UNMANAGED, AAGUID),
        ),
    },
    innocent={"authenticator-weakened": (changed(AAGUID, "hardware_protected", True, False),)},
    rules=(
        rule(AAGUID, "preview", "authenticator_id or aaguid changed", Converges(AAGUID)),
        rule(
            AAGUID,
            "create",
            "the AAGUID exists at Okta",
            ShownBy(
                "`up` imports it",
                "matching/test_look_up.py::test_an_existing_object_that_is_not_in_the_state_is_imported",
            ),
        ),
        rule(
            AAGUID,
            "create",
            "fips_compliant, hardware_protected or platform_attached unset",
            Converges(AAGUID, {"hardware_protected": True}, before={"fips_compliant": True}),
        ),
        rule(
            AAGUID,
            "delete",
            "always",
            ShownBy(
                "`up` releases it instead",
                "of_kinds/test_webauthn.py::test_a_model_that_is_no_longer_declared_is_released",
            ),
        ),
        rule(AAGUID, "create update", "org:", _CLASSIC),
    ),
)


about(
    kind=METHOD,
    usual={"authenticator": "keys", "user_verification": "REQUIRED"},
    harmless=frozenset(
        {"authenticator", "resident_key_requirement", "enable_autofill_ui", "show_sign_in_with_a_passkey_button"}
    ),
    surroundings=(document("authenticator", "keys", key="webauthn", name="Keys"),),
    variants={"": {"one": {"authenticator": "authenticator-keys"}}},
    fixed={"authenticator": "a method stays in its authenticator"},
    attacks={
        "authenticator-weakened": (
            changed(METHOD, "user_verification", "REQUIRED", "PREFERRED"),
            changed(METHOD, "user_verification_for_verify", "PREFERRED", "DISCOURAGED"),
            changed(METHOD, "attachment", "ROAMING", "ANY"),
            changed(METHOD, "cert_based_attestation_validation", True, False),
            changed(METHOD, "hardware_protected", True, False),
            changed(METHOD, "fips_compliant", True, False),
            changed(METHOD, "allow_syncable_passkeys", False, True),
            changed(METHOD, "aaguid_groups", [], [{"name": "Fakes", "aaguids": [YUBIKEY]}]),
        ),
    },
    innocent={
        "authenticator-weakened": (
            changed(METHOD, "user_verification", "PREFERRED", "REQUIRED"),
            changed(METHOD, "allow_syncable_passkeys", True, False),
        ),
    },
    rules=(
        rule(METHOD, "preview", "authenticator_id changed", Converges(METHOD)),
        rule(
            METHOD,
            "create update",
            "any argument unset",
            Converges(METHOD, before={"attachment": "ROAMING", "fips_compliant": True}),
        ),
        rule(
            METHOD,
            "delete",
            "always",
            ShownBy("`up` releases it instead", f"{HERE}::test_a_method_that_is_no_longer_declared_is_released"),
        ),
        rule(METHOD, "create update", "org:", _CLASSIC),
    ),
)


def test_a_method_that_is_no_longer_declared_is_released():
    shape = kind_named(METHOD).shape
    assert not shape.creatable
    assert not shape.deletable


def test_the_provider_calls_a_method_by_its_authenticator():
    shape = kind_named(METHOD).shape
    assert shape.resource_id(("aut1", "webauthn")) == "aut1"
    assert shape.import_argument(shape.imported_as(("aut1", "webauthn")), "") == "aut1"
    assert shape.known_as("aut1") == shape.identified("aut1", "aut1") == "aut1/webauthn"


def test_a_model_that_is_no_longer_declared_is_released():
    kind = kind_named(AAGUID)
    assert kind.shape.creatable
    assert not kind.shape.deletable


def test_only_the_webauthn_authenticator_is_asked():
    kind = kind_named(AAGUID)
    assert [key for key in ("webauthn", "okta_verify") if kind.of_owners({"key": key})] == ["webauthn"]


@pytest.mark.parametrize("wrong", ["cb69481e", YUBIKEY.upper(), f"{YUBIKEY}0", ""])
def test_an_aaguid_is_in_lower_case(wrong: str):
    with pytest.raises(ValidationError, match="aaguid"):
        CustomAaguid(aaguid=wrong, name="Key")
