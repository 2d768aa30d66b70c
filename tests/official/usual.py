"""One valid definition of each kind, from which the tables of rules start, with what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.definitions.model import Address, Declaration, Desired
from reconciler.kinds import Kind, Spec, kind_named
from reconciler.kinds.mapping import schema
from tests.of_kinds import OMIT, all_about
from tests.settled import document

USUAL: Mapping[str, Spec] = {
    "global-session-policy": {"name": "Tested", "priority": 1, "groups_included": ["people"]},
    "global-session-policy-rule": {"name": "Tested"},
    "password-policy": {"name": "Tested", "priority": 1, "groups_included": ["people"]},
    "password-policy-rule": {"name": "Tested"},
    "authentication-policy": {"name": "Tested", "description": "Two factors."},
    "authentication-policy-rules": {"rules": [{"name": "Tested"}]},
    "bookmark-app": {"label": "Tested", "url": "https://app.example.com"},
    "oidc-app": {"label": "Tested", "type": "web", "redirect_uris": ["https://app.example.com/callback"]},
    "saml-app": {"label": "Tested", "sso_url": "https://app.example.com/saml", "audience": "https://app.example.com"},
    "app-group-assignments": {"groups": [{"group": "people"}]},
    "authorization-server": {"name": "Tested", "audiences": ["https://api.example.com"]},
    "authorization-server-scope": {"name": "tested:read"},
    "authorization-server-claim": {"name": "tested", "claim_type": "RESOURCE", "value": "user.login"},
    "access-policy": {"name": "Tested", "description": "All clients.", "clients": ["ALL_CLIENTS"]},
    "access-policy-rule": {"name": "Tested", "grant_types": ["authorization_code"], "groups": ["everyone"]},
    **{kind: dict(known.usual) for kind, known in all_about().items()},
}

SURROUNDINGS = [
    document("group", "people", name="People"),
    document("group", "others", name="Others"),
    document("network-zone", "office", name="Office", type="IP", gateways=["198.51.100.0/24"]),
    document("authentication-policy", "strict", name="Strict", description="Two factors."),
]
"""What the definitions may refer to."""

OF_KINDS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "saml-app": (
        document(
            "inline-hook",
            "transform",
            name="Transform",
            type="com.okta.saml.tokens.transform",
            version="1.0.2",
            uri="https://hooks.example.com/saml",
        ),
    ),
}
"""What the definitions of a kind may refer to besides."""


def usual(kind: str, changes: Spec) -> Spec:
    """The usual definition of a kind with other values; `OMIT` leaves a field out."""
    return {name: value for name, value in (USUAL[kind] | changes).items() if value is not OMIT}


def documents(kind: str, spec: Spec) -> tuple[list[dict[str, Any]], tuple[str | int, ...]]:
    """All documents of a folder that holds such an object, the last one being its own or its owner's, and the path
    from the spec of that document to the object."""
    known, path = kind_named(kind), list[str | int]()
    while known.parents:
        owner = kind_named(known.parents[0])
        owned = next(field for field in schema(owner.fields) if field.owns and field.owns.kind == known.name)
        if owned.owns and owned.owns.whole:
            assert owned.name == schema(known.fields)[0].name
            value = spec[owned.name]
        else:
            value = [spec]
            path = [owned.name, 0, *path]
        of_child = all_about().get(known.name)
        spec = usual(owner.name, {**(of_child.owner if of_child else {}), owned.name: value})
        known = owner
    known_of_kind = all_about().get(kind)
    around = [*SURROUNDINGS, *OF_KINDS.get(kind, ()), *(known_of_kind.surroundings if known_of_kind else ())]
    return [*around, document(known.name, "tested", **spec)], tuple(path)


def declaration_of(kind: str, desired: Desired) -> Declaration:
    """The declaration that `documents` were made for."""
    (found,) = (
        declaration
        for address, declaration in desired.declarations.items()
        if address.kind == kind and address.name.partition("/")[0] == "tested"
    )
    return found


def surroundings(desired: Desired) -> list[Address]:
    return [address for address in desired.declarations if address.name.partition("/")[0] != "tested"]


def parts(kind: Kind) -> Any:
    """The kind and all structures inside it that are not objects of their own."""
    waiting: list[Any] = [kind.fields]
    while waiting:
        model = waiting.pop()
        yield model
        waiting += [field.part for field in schema(model) if field.part and not field.owns]
