"""Profile mappings: how attributes of users get from an app or an identity provider to Okta, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from reconciler.kinds.fields import (
    Api,
    Argument,
    Bool,
    Codec,
    OnDelete,
    ProviderOnly,
    Purpose,
    Ref,
    Relates,
    Replaces,
    SetOf,
)
from reconciler.kinds.kind import Detail, Kind, register
from reconciler.kinds.part import Json, Part, Spec
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import Adopted, never
from reconciler.kinds.threats import MAPPING_CHANGED

_SCOPE: Final = "okta.profileMappings"
_PROPERTIES: Final = "properties"

_Side = Annotated[
    str,
    Ref("app", "idp-oidc", "idp-saml", "idp-social", "user-type", plain_id=True),
    Relates(Purpose.USE, OnDelete.DELETED),
    Field(examples=["user-type default", "idp-saml partner"]),
    Replaces(by_provider=False),
]


class MappedAttribute(Part):
    """What an attribute of the target gets."""

    name: Annotated[str, StringConstraints(min_length=1), Argument("id")]
    """Name of the attribute in the profile of the target, such as `department`."""
    expression: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    """Okta Expression Language expression over the profile of the source, such as `appuser.department`."""
    push_status: Literal["PUSH", "DONT_PUSH"] = "DONT_PUSH"
    """`PUSH`: whenever the user changes. `DONT_PUSH`: only when the user is created."""


def _by_name(attributes: Sequence[Json]) -> Json:
    return {one["name"]: {key: value for key, value in one.items() if key != "name"} for one in attributes}


def _listed(properties: Mapping[str, Any]) -> list[Json]:
    return [{**value, "name": name} for name, value in properties.items() if value is not None]


class ProfileMapping(Part):
    """How attributes of users get from a source to a target (`/api/v1/mappings`).

    One side is an app or an identity provider, the other a user type. Okta creates and deletes the mappings together
    with the sides: `up` changes only those that are declared. A definition that is removed leaves the mapping as it is.
    """

    risks = (changed(MAPPING_CHANGED, "mappings"),)

    source: Annotated[_Side, Api("source.id"), Argument("source_id")]
    """Where the attributes come from: `idp-saml partner`, `oidc-app crm`, `user-type default`."""
    target: Annotated[_Side, Api("target.id"), Argument("target_id")]
    """Where they go to."""
    mappings: Annotated[SetOf[MappedAttribute], Api(_PROPERTIES, Codec(_by_name, _listed))] = frozenset()
    """The attributes of the target that get a value. All others get none."""
    always_apply: Annotated[Bool, ProviderOnly("the provider uses it after a change, and Okta does not keep it")] = (
        False
    )
    """Whether a change applies to existing users at once. It needs an API token: the endpoint is private."""


def _sides(mapping: Spec) -> str:
    return f"{mapping.get('source')} {mapping.get('target')}"


def _goes_between(mapping: Spec, item: Json) -> bool:
    ends = [(item.get(side) or {}).get("id") for side in ("source", "target")]
    return ends == [mapping.get("source"), mapping.get("target")]


def _without_attributes(mapping: Json) -> Json:
    return {_PROPERTIES: {name: None for name in mapping.get(_PROPERTIES) or {} if name != "login"}}


def _whole(body: Any) -> tuple[Sequence[Any], None]:
    """The mapping itself, which has the attributes only where it is read alone."""
    if not isinstance(body, Mapping):
        raise TypeError(f"expected an object, got {type(body).__name__}")
    return [body], None


def _read(item: Json) -> Json:
    """The mapping with its attributes, if it was read alone."""
    alone = (item.get("_embedded") or {}).get("")
    return item | {_PROPERTIES: alone[0].get(_PROPERTIES) or {}} if alone else item


PROFILE_MAPPING = register(
    Kind(
        name="profile-mapping",
        resource="okta:profile/mapping:Mapping",
        fields=ProfileMapping,
        label_field="source",
        known_by=_sides,
        shape=Adopted(path="/api/v1/mappings", scope=_SCOPE, query="limit=200"),
        provider=Provider(
            update_method="POST", empties=(_PROPERTIES,), takes_over=_goes_between, reset=_without_attributes
        ),
        details=(Detail("", _SCOPE, member=_PROPERTIES, page=_whole, of_managed=True),),
        of_owners=never,
        fixed_arguments={"delete_when_absent": True},
        untouched=lambda mapping: True,
        events=("directory.mapping.update",),
        read_api=_read,
    )
)
