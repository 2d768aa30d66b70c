"""Device assurances of all platforms."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.drift.findings import Verdict
from reconciler.kinds.device_assurance import DEVICE_ASSURANCES, DeviceAssuranceWindows
from reconciler.kinds.mapping import Vocabulary, canonical, decode, encode
from tests.drift.ratings import changed, whole
from tests.of_kinds import OMIT, about
from tests.official.provider_rules import FROM_THE_TENANT, Converges, Refused, RefusedByValidate, rule

ANDROID, CHROMEOS, IOS, MACOS, WINDOWS = (kind.name for kind in DEVICE_ASSURANCES)
_CONDITION = "the provider needs at least one condition"
_WITHOUT = {"os_version": OMIT}
_IN_CHROME = {"chrome_os_firewall": True, "chrome_browser_version": "120.0.1"}


def attacks(kind: str, *more):
    """Attacks on device assurances of a kind."""
    return {
        "device-check-weakened": (
            changed(kind, "gracePeriod.type", None, "BY_DURATION", Verdict.BEYOND),
            whole(Verdict.MISSING, kind),
            *(changed(kind, *one) for one in more),
        ),
        "device-check-added": (whole(Verdict.UNMANAGED, kind),),
    }


def innocent(*changes):
    return {"device-check-weakened": changes, "device-check-added": changes}


_OF_CHROME: tuple[tuple[str, object, object], ...] = (
    ("chrome_browser_version", "120.0", "99.1"),
    ("chrome_os_version", "14", None),
    ("chrome_os_firewall", True, False),
    ("chrome_builtin_dns_client_enabled", True, None),
    ("chrome_remote_desktop_app_blocked", True, None),
    ("chrome_device_enrollment_domain", "lumenpay.example", "evil.example"),
    ("chrome_disk_encrypted", True, None),
    ("chrome_key_trust_level", "CHROME_BROWSER_HW_KEY", "CHROME_BROWSER_OS_KEY"),
    ("chrome_password_protection_warning_trigger", "PASSWORD_REUSE", "PASSWORD_PROTECTION_OFF"),
    ("chrome_realtime_url_check_mode", True, None),
    ("chrome_safe_browsing_protection_level", "ENHANCED_PROTECTION", "STANDARD_PROTECTION"),
    ("chrome_screen_lock_secured", True, None),
    ("chrome_site_isolation_enabled", True, None),
)
_OF_COMPUTERS: tuple[tuple[str, object, object], ...] = (
    ("os_version", "14.1.0", "14.0.9"),
    ("screenlock_types", ["BIOMETRIC"], ["BIOMETRIC", "PASSCODE"]),
    ("disk_encryption_types", ["ALL_INTERNAL_VOLUMES"], []),
    ("secure_hardware_present", True, None),
)
_OF_PHONES: tuple[tuple[str, object, object], ...] = (
    ("os_version", "17", "9.9.9"),
    ("screenlock_types", ["BIOMETRIC"], []),
    ("jailbreak", False, True),
)

about(
    kind=ANDROID,
    usual={"name": "Tested", "os_version": "13"},
    harmless=frozenset({"name"}),
    rules=(rule(ANDROID, "preview", "none of", Refused(ANDROID, "os_version", _CONDITION, _WITHOUT)),),
    attacks=attacks(ANDROID, *_OF_PHONES, ("disk_encryption_types", ["FULL"], ["FULL", "USER"])),
    innocent=innocent(
        changed(ANDROID, "os_version", "9", "10.1"),
        changed(ANDROID, "disk_encryption_types", ["FULL", "USER"], ["FULL"]),
        changed(ANDROID, "jailbreak", None, False),
    ),
)
about(
    kind=IOS,
    usual={"name": "Tested", "os_version": "17.0.0"},
    harmless=frozenset({"name"}),
    rules=(rule(IOS, "preview", "none of", Refused(IOS, "os_version", _CONDITION, _WITHOUT)),),
    attacks=attacks(IOS, *_OF_PHONES),
    innocent=innocent(changed(IOS, "screenlock_types", [], ["PASSCODE"])),
)
about(
    kind=CHROMEOS,
    usual={"name": "Tested", "chrome_disk_encrypted": True},
    harmless=frozenset({"name"}),
    rules=(
        rule(
            CHROMEOS,
            "create update",
            "always",
            Converges(
                CHROMEOS,
                {"chrome_browser_version": "120.0"},
                sends={"thirdPartySignalProviders.dtc.browserVersion.minimum": "120.0"},
            ),
        ),
    ),
    attacks=attacks(CHROMEOS, ("chrome_allow_screen_lock", True, False)),
    innocent=innocent(
        changed(CHROMEOS, "chrome_key_trust_level", "CHROME_OS_DEVELOPER_MODE", "CHROME_OS_VERIFIED_MODE")
    ),
)
for _kind in (MACOS, WINDOWS):
    about(
        kind=_kind,
        usual={"name": "Tested", "os_version": "14.0.0"},
        harmless=frozenset({"name"}),
        variants={"": {"one": {"chrome_signals": OMIT}}},
        rules=(
            rule(
                _kind,
                "create update",
                "not third_party_signal_providers",
                Converges(_kind, _IN_CHROME, sends={"thirdPartySignalProviders.dtc.osFirewall": True}),
                RefusedByValidate(
                    _kind, "chrome_signals", "it follows", {**_IN_CHROME, "chrome_signals": False}, _IN_CHROME
                ),
            ),
            rule(_kind, "read", "third_party_signal_providers", FROM_THE_TENANT),
        ),
        attacks=attacks(_kind, *_OF_COMPUTERS, *_OF_CHROME),
        innocent=innocent(
            changed(_kind, "os_version", "10.0.19041", "10.0.22000"),
            changed(_kind, "chrome_safe_browsing_protection_level", "STANDARD_PROTECTION", "ENHANCED_PROTECTION"),
            changed(_kind, "secure_hardware_present", None, True),
        ),
    )


def test_the_provider_is_told_to_send_what_chrome_reports():
    plain, chrome = (
        canonical(DeviceAssuranceWindows.model_validate({"name": "A", **fields}))
        for fields in ({"os_version": "10"}, {"chrome_os_firewall": False})
    )
    sent = [encode(DeviceAssuranceWindows, one, Vocabulary.ARGUMENTS) for one in (plain, chrome)]
    assert [one["third_party_signal_providers"] for one in sent] == [False, True]


def test_what_chrome_reports_is_read_from_the_tenant_with_the_switch():
    found = {"name": "A", "thirdPartySignalProviders": {"dtc": {"osFirewall": True}}}
    assert decode(DeviceAssuranceWindows, found, Vocabulary.API)["chrome_signals"] is True


@pytest.mark.parametrize("version", ["", "14.", "14.x", "1.2.3.4.5"])
def test_a_version_has_up_to_four_numbers(version):
    with pytest.raises(ValidationError, match="os_version"):
        DeviceAssuranceWindows.model_validate({"name": "A", "os_version": version})
