"""Device assurance policies: `/api/v1/device-assurances`. Their fields depend on the platform."""

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from okta_sandbox.body import Body, OpenBody, absent, required_text
from okta_sandbox.collection import Collection, Events, Family, Stamps, Unique
from okta_sandbox.errors import OktaError, invalid_field
from okta_sandbox.exchange import Call
from okta_sandbox.json_types import JsonObject
from okta_sandbox.links import link
from okta_sandbox.store import Record
from okta_sandbox.tenant import Tenant

KIND = "DeviceAssurancePolicyEntity"


class _Include(Body):
    include: list[str]


class _OsVersion(OpenBody):
    minimum: str | None = absent()
    dynamicVersionRequirement: dict[str, Any] | None = absent()


class _SignalProviders(OpenBody):
    """Chrome Device Trust Connector, Android Device Trust, device posture identity provider."""

    dtc: dict[str, Any] | None = absent()
    androidDeviceTrust: dict[str, Any] | None = absent()
    devicePostureIdP: dict[str, Any] | None = absent()


class _Assurance(Body):
    name: str = required_text()
    displayRemediationMode: Literal["HIDE", "SHOW"] = "HIDE"
    gracePeriod: dict[str, Any] | None = absent()
    devicePostureChecks: _Include | None = absent()
    thirdPartySignalProviders: _SignalProviders | None = absent()


class _Device(_Assurance):
    osVersion: _OsVersion | None = absent()
    screenLockType: _Include | None = absent()


class _Ios(_Device):
    platform: Literal["IOS"]
    jailbreak: bool | None = absent()


class _Android(_Device):
    platform: Literal["ANDROID"]
    jailbreak: bool | None = absent()
    secureHardwarePresent: bool | None = absent()
    diskEncryptionType: _Include | None = absent()


class _Computer(_Device):
    platform: Literal["MACOS", "WINDOWS"]
    osVersionConstraints: list[dict[str, Any]] | None = absent()
    secureHardwarePresent: bool | None = absent()
    diskEncryptionType: _Include | None = absent()


class _ChromeOs(_Assurance):
    platform: Literal["CHROMEOS"]


class _AnyAssurance(RootModel[Annotated[_Ios | _Android | _Computer | _ChromeOs, Field(discriminator="platform")]]):
    """The fields depend on the platform."""


def _complete(call: Call, body: JsonObject, before: Record | None) -> JsonObject:
    if before and body["platform"] != before.body["platform"]:
        raise invalid_field("platform", "The platform of a device assurance policy cannot be changed.")
    return body


def _refuse_used(call: Call, assurance: Record) -> None:
    """Refuse to delete a policy in use. The status is documented by Okta; the text is ours."""
    store = call.tenant.store
    for policy in store.all("Policy"):
        for rule in store.all("PolicyRule", policy.id):
            device = (rule.body["conditions"] or {}).get("device")
            if isinstance(device, dict) and assurance.id in str(device.get("assurance")):
                name = rule.body["name"]
                raise OktaError(409, "E0000001", f"The device assurance policy is used by the policy rule '{name}'.")


def _show(tenant: Tenant, assurance: Record) -> JsonObject:
    return {
        "id": assurance.id,
        **assurance.body,
        "resourceId": assurance.id,
        "resourceDisplayName": {"value": assurance.body["name"], "sensitive": False},
        "resourceType": KIND,
        "_links": {"self": link(tenant, f"{DEVICE_ASSURANCES.path}/{assurance.id}", "GET", "PUT", "DELETE")},
    }


DEVICE_ASSURANCES = Collection(
    kind=KIND,
    path="/api/v1/device-assurances",
    item="assurance",
    prefix="dae",
    model=_AnyAssurance,
    events=Events(KIND, *(f"device.assurance.policy.{verb}" for verb in ("add", "update", "delete"))),
    stamps=Stamps("createdDate", "lastUpdate", authors=True),
    unique=Unique(),
    complete=_complete,
    guard_delete=_refuse_used,
    show=_show,
)

FAMILY = Family((DEVICE_ASSURANCES,), scope="okta.deviceAssurance")
