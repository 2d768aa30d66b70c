"""Device assurances: what a device must have so that a rule applies to it. There is one kind for each platform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from reconciler.kinds.fields import Api, Argument, Bool, Name, ProviderOnly, Ref, SetOf
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.refusals import Phase, Refusal, SpecAttributes
from reconciler.kinds.risks import Change, Risk, appeared, changed, gone
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import DEVICE_CHECK_ADDED, DEVICE_CHECK_WEAKENED

_SHOWN_NAME = "resourceDisplayName.value"
_CHROME = "thirdPartySignalProviders.dtc"
_PLATFORMS = ("android", "chromeos", "ios", "macos", "windows")

DeviceAssuranceRef = Annotated[str, Ref(*(f"device-assurance-{platform}" for platform in _PLATFORMS), plain_id=True)]
Version = Annotated[
    str, StringConstraints(pattern=r"^\d+(\.\d+){0,3}$"), Field(examples=["12.4.6", "13.0.1", "14.1.0"])
]
"""A version of up to four numbers, such as `14.1.0`."""
_Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]
_ScreenLocks = Annotated[SetOf[Literal["BIOMETRIC", "PASSCODE"]], Api("screenLockType.include")]

_WEAKEST_FIRST = (
    ("NO_SAFE_BROWSING", "STANDARD_PROTECTION", "ENHANCED_PROTECTION"),
    ("CHROME_BROWSER_OS_KEY", "CHROME_BROWSER_HW_KEY"),
    ("CHROME_OS_DEVELOPER_MODE", "CHROME_OS_VERIFIED_MODE"),
)
"""Values of which one asks for more than another."""


def _requires_less(change: Change) -> bool:
    """Whether a condition is gone, or can be met in more ways, or by older versions."""
    before, now = change.expected, change.actual
    if not before and before is not False:
        return False
    if not now and now is not False:
        return True
    if isinstance(before, list):
        return bool(change.added)
    for known in _WEAKEST_FIRST:
        if before in known and now in known:
            return known.index(now) < known.index(before)
    older = _numbers(now), _numbers(before)
    return older[0] < older[1] if all(older) else before != now


def _numbers(version: object) -> list[int]:
    """The numbers of a version; empty if it is none."""
    text = version if isinstance(version, str) else ""
    return [int(number) for number in text.split(".")] if re.fullmatch(r"\d+(\.\d+)*", text) else []


class DeviceAssurance(Part):
    """What every device assurance has."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(DEVICE_CHECK_WEAKENED, "gracePeriod*", "osVersion*", "devicePostureChecks*"),
        changed(DEVICE_CHECK_WEAKENED, "thirdPartySignalProviders*"),
        appeared(DEVICE_CHECK_ADDED),
        gone(DEVICE_CHECK_WEAKENED),
    )

    name: Name
    """Name of the device assurance, unique in the tenant."""


def _without_condition(device: Any) -> bool:
    conditions = ("os_version", "screenlock_types", "jailbreak", "disk_encryption_types", "secure_hardware_present")
    return all(getattr(device, name, None) in (None, [], frozenset()) for name in conditions)


class MobileDevice(DeviceAssurance):
    """What the device assurances of phones and tablets have in common."""

    refusals: ClassVar[tuple[Refusal, ...]] = (
        Refusal("os_version", _without_condition, "the provider needs at least one condition", Phase.PREVIEW),
    )
    risks: ClassVar[tuple[Risk, ...]] = (
        changed(DEVICE_CHECK_WEAKENED, "os_version", "screenlock_types", "jailbreak", when=_requires_less),
    )

    os_version: Annotated[Version | None, Api("osVersion.minimum")] = None
    """Oldest version of the operating system. Left out: any."""
    screenlock_types: _ScreenLocks = frozenset()
    """Screen locks, one of which the device must have. Empty: it needs none."""
    jailbreak: Bool | None = None
    """`false`: the operating system must not have been tampered with. Left out: it may."""


class DeviceAssuranceIos(MobileDevice):
    """What an iPhone or iPad must have (`/api/v1/device-assurances` with the platform `IOS`)."""


class DeviceAssuranceAndroid(MobileDevice):
    """What an Android device must have (`/api/v1/device-assurances` with the platform `ANDROID`)."""

    risks = (changed(DEVICE_CHECK_WEAKENED, "disk_encryption_types", "secure_hardware_present", when=_requires_less),)

    disk_encryption_types: Annotated[SetOf[Literal["FULL", "USER"]], Api("diskEncryptionType.include")] = frozenset()
    """Ways of encryption, one of which the device must have: of all data, or by user. Empty: it needs none."""
    secure_hardware_present: Bool | None = None
    """Whether the device must keep keys in hardware."""


class ChromeSignals(DeviceAssurance):
    """What Chrome reports about a device, through the Device Trust Connector."""

    risks: ClassVar[tuple[Risk, ...]] = (
        changed(
            DEVICE_CHECK_WEAKENED,
            "chrome_browser_version",
            "chrome_os_version",
            "chrome_builtin_dns_client_enabled",
            "chrome_remote_desktop_app_blocked",
            "chrome_device_enrollment_domain",
            "chrome_disk_encrypted",
            "chrome_key_trust_level",
            "chrome_os_firewall",
            "chrome_password_protection_warning_trigger",
            "chrome_realtime_url_check_mode",
            "chrome_safe_browsing_protection_level",
            "chrome_screen_lock_secured",
            "chrome_site_isolation_enabled",
            when=_requires_less,
        ),
    )

    chrome_browser_version: Annotated[
        Version | None, Api(f"{_CHROME}.browserVersion.minimum"), Argument("tpsp_browser_version")
    ] = None
    """Oldest version of Chrome. Left out: any."""
    chrome_os_version: Annotated[Version | None, Api(f"{_CHROME}.osVersion.minimum"), Argument("tpsp_os_version")] = (
        None
    )
    """Oldest version of the operating system that Chrome reports. Left out: any."""
    chrome_builtin_dns_client_enabled: Annotated[
        Bool | None, Api(f"{_CHROME}.builtInDnsClientEnabled"), Argument("tpsp_builtin_dns_client_enabled")
    ] = None
    """Whether Chrome must use its own DNS client."""
    chrome_remote_desktop_app_blocked: Annotated[
        Bool | None, Api(f"{_CHROME}.chromeRemoteDesktopAppBlocked"), Argument("tpsp_chrome_remote_desktop_app_blocked")
    ] = None
    """Whether Chrome Remote Desktop must be blocked."""
    chrome_device_enrollment_domain: Annotated[
        _Text | None, Api(f"{_CHROME}.deviceEnrollmentDomain"), Argument("tpsp_device_enrollment_domain")
    ] = None
    """Domain of the company that must manage the device or the browser."""
    chrome_disk_encrypted: Annotated[Bool | None, Api(f"{_CHROME}.diskEncrypted"), Argument("tpsp_disk_encrypted")] = (
        None
    )
    """Whether the main disk must be encrypted."""
    chrome_os_firewall: Annotated[Bool | None, Api(f"{_CHROME}.osFirewall"), Argument("tpsp_os_firewall")] = None
    """Whether the firewall must be on."""
    chrome_password_protection_warning_trigger: Annotated[
        Literal["PASSWORD_PROTECTION_OFF", "PASSWORD_REUSE", "PHISHING_REUSE"] | None,
        Api(f"{_CHROME}.passwordProtectionWarningTrigger"),
        Argument("tpsp_password_proctection_warning_trigger"),
    ] = None
    """When Chrome must warn users who enter a company password elsewhere: never, always, or on phishing sites."""
    chrome_realtime_url_check_mode: Annotated[
        Bool | None, Api(f"{_CHROME}.realtimeUrlCheckMode"), Argument("tpsp_realtime_url_check_mode")
    ] = None
    """Whether Chrome must check the addresses that users visit."""
    chrome_safe_browsing_protection_level: Annotated[
        Literal["NO_SAFE_BROWSING", "STANDARD_PROTECTION", "ENHANCED_PROTECTION"] | None,
        Api(f"{_CHROME}.safeBrowsingProtectionLevel"),
        Argument("tpsp_safe_browsing_protection_level"),
    ] = None
    """Level of Safe Browsing in Chrome."""
    chrome_screen_lock_secured: Annotated[
        Bool | None, Api(f"{_CHROME}.screenLockSecured"), Argument("tpsp_screen_lock_secured")
    ] = None
    """Whether the screen lock must need a password."""
    chrome_site_isolation_enabled: Annotated[
        Bool | None, Api(f"{_CHROME}.siteIsolationEnabled"), Argument("tpsp_site_isolation_enabled")
    ] = None
    """Whether Chrome must isolate sites from each other."""


class DeviceAssuranceChromeos(ChromeSignals):
    """What a ChromeOS device must have (`/api/v1/device-assurances` with the platform `CHROMEOS`)."""

    risks = (changed(DEVICE_CHECK_WEAKENED, "chrome_allow_screen_lock", when=_requires_less),)

    chrome_key_trust_level: Annotated[
        Literal["CHROME_OS_VERIFIED_MODE", "CHROME_OS_DEVELOPER_MODE"] | None,
        Api(f"{_CHROME}.keyTrustLevel"),
        Argument("tpsp_key_trust_level"),
    ] = None
    """Mode in which the device must have started."""
    chrome_allow_screen_lock: Annotated[
        Bool | None, Api(f"{_CHROME}.allowScreenLock"), Argument("tpsp_allow_screen_lock")
    ] = None
    """Whether users must be able to lock the screen."""


class Computer(ChromeSignals):
    """What the device assurances of computers have in common."""

    refusals: ClassVar[tuple[Refusal, ...]] = (
        Refusal(
            "chrome_signals",
            lambda device: device.chrome_signals not in (None, _has_chrome_signals(device)),
            "it follows from the fields that start with chrome_: leave it out",
            Phase.VALIDATE,
        ),
    )
    risks: ClassVar[tuple[Risk, ...]] = (
        changed(
            DEVICE_CHECK_WEAKENED,
            "os_version",
            "screenlock_types",
            "disk_encryption_types",
            "secure_hardware_present",
            when=_requires_less,
        ),
    )

    os_version: Annotated[Version | None, Api("osVersion.minimum")] = None
    """Oldest version of the operating system. Left out: any."""
    screenlock_types: _ScreenLocks = frozenset()
    """Screen locks, one of which the device must have. Empty: it needs none."""
    disk_encryption_types: Annotated[SetOf[Literal["ALL_INTERNAL_VOLUMES"]], Api("diskEncryptionType.include")] = (
        frozenset()
    )
    """`ALL_INTERNAL_VOLUMES`: all internal disks must be encrypted. Empty: none must be."""
    secure_hardware_present: Bool | None = None
    """Whether the device must keep keys in hardware."""
    chrome_key_trust_level: Annotated[
        Literal["CHROME_BROWSER_HW_KEY", "CHROME_BROWSER_OS_KEY"] | None,
        Api(f"{_CHROME}.keyTrustLevel"),
        Argument("tpsp_key_trust_level"),
    ] = None
    """Where Chrome must keep its key: in hardware, or in the operating system."""


def _has_chrome_signals(device: Any) -> bool:
    names = DeviceAssuranceWindows.model_fields.keys() - {"chrome_signals"}
    return any(name.startswith("chrome_") and getattr(device, name, None) is not None for name in names)


_ChromeSwitch = Annotated[
    Bool,
    ProviderOnly("it tells the provider to send the fields that start with `chrome_`"),
    Argument("third_party_signal_providers"),
    Field(default_factory=lambda data: _has_chrome_signals(SpecAttributes(data))),
]


class DeviceAssuranceMacos(Computer):
    """What a Mac must have (`/api/v1/device-assurances` with the platform `MACOS`)."""

    chrome_signals: _ChromeSwitch
    """Whether Chrome's signals count. It follows from the fields that start with `chrome_`: leave it out."""


class DeviceAssuranceWindows(Computer):
    """What a Windows device must have (`/api/v1/device-assurances` with the platform `WINDOWS`)."""

    risks = (
        changed(
            DEVICE_CHECK_WEAKENED,
            "chrome_crowd_strike_agent_id",
            "chrome_crowd_strike_customer_id",
            "chrome_secure_boot_enabled",
            "chrome_third_party_blocking_enabled",
            "chrome_windows_machine_domain",
            "chrome_windows_user_domain",
            when=_requires_less,
        ),
    )

    chrome_crowd_strike_agent_id: Annotated[
        _Text | None, Api(f"{_CHROME}.crowdStrikeAgentId"), Argument("tpsp_crowd_strike_agent_id")
    ] = None
    """Agent id of the CrowdStrike sensor that must run."""
    chrome_crowd_strike_customer_id: Annotated[
        _Text | None, Api(f"{_CHROME}.crowdStrikeCustomerId"), Argument("tpsp_crowd_strike_customer_id")
    ] = None
    """Customer id of the CrowdStrike sensor that must run."""
    chrome_secure_boot_enabled: Annotated[
        Bool | None, Api(f"{_CHROME}.secureBootEnabled"), Argument("tpsp_secure_boot_enabled")
    ] = None
    """Whether Secure Boot must be on."""
    chrome_third_party_blocking_enabled: Annotated[
        Bool | None, Api(f"{_CHROME}.thirdPartyBlockingEnabled"), Argument("tpsp_third_party_blocking_enabled")
    ] = None
    """Whether Chrome must keep other software out of its processes."""
    chrome_windows_machine_domain: Annotated[
        _Text | None, Api(f"{_CHROME}.windowsMachineDomain"), Argument("tpsp_windows_machine_domain")
    ] = None
    """Windows domain that the device must have joined."""
    chrome_windows_user_domain: Annotated[
        _Text | None, Api(f"{_CHROME}.windowsUserDomain"), Argument("tpsp_windows_user_domain")
    ] = None
    """Windows domain that the user must belong to."""
    chrome_signals: _ChromeSwitch
    """Whether Chrome's signals count. It follows from the fields that start with `chrome_`: leave it out."""


def _kind(platform: str, fields: type[DeviceAssurance]) -> Kind:
    """A registered kind of device assurances."""
    return register(
        Kind(
            name=f"device-assurance-{platform}",
            resource=f"okta:policy/{fields.__name__[0].lower()}{fields.__name__[1:]}:{fields.__name__}",
            fields=fields,
            shape=Listed(
                path="/api/v1/device-assurances",
                scope="okta.deviceAssurance",
                claims=lambda item: item.get("platform") == platform.upper(),
                others="device assurance",
            ),
            provider=Provider(fixed={"platform": platform.upper()}),
            identity_engine=True,
            events=("device.assurance.policy.",),
            fresh={
                "displayRemediationMode": ("HIDE",),
                "resourceType": ("DeviceAssurancePolicyEntity",),
                "resourceDisplayName.sensitive": (False,),
            },
            generated=("resourceId", _SHOWN_NAME),
            side_effects={"name": (_SHOWN_NAME,)},
            risks_of_others=(
                appeared(DEVICE_CHECK_ADDED),
                changed(DEVICE_CHECK_WEAKENED, "*"),
                gone(DEVICE_CHECK_WEAKENED),
            ),
        )
    )


_FIELDS: Mapping[str, type[DeviceAssurance]] = {
    "android": DeviceAssuranceAndroid,
    "chromeos": DeviceAssuranceChromeos,
    "ios": DeviceAssuranceIos,
    "macos": DeviceAssuranceMacos,
    "windows": DeviceAssuranceWindows,
}

DEVICE_ASSURANCES = tuple(_kind(platform, _FIELDS[platform]) for platform in _PLATFORMS)
