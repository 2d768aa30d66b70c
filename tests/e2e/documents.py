"""A few small documents."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def document(kind: str, name: str, /, **spec: Any) -> Document:
    return {"kind": kind, "name": name, "owner": "tests", "purpose": "Is there.", "spec": spec}


def group(name: str, /, **spec: Any) -> Document:
    return document("group", name, **{"name": name.capitalize(), **spec})


def groups(count: int) -> list[Document]:
    return [group(f"group-{number:02}") for number in range(count)]


def server(name: str = "payments", /, **spec: Any) -> Document:
    """An authorization server with one child of every kind."""
    return document(
        "authorization-server",
        name,
        **{
            "name": name.capitalize(),
            "audiences": [f"https://{name}.example.com"],
            "scopes": [{"name": f"{name}:{verb}"} for verb in ("read", "write", "audit")],
            "claims": [{"name": "department", "claim_type": "RESOURCE", "value": "user.department"}],
            "policies": [
                {
                    "name": "People",
                    "description": "Apps in which people act.",
                    "clients": ["ALL_CLIENTS"],
                    "rules": [
                        {"name": rule, "grant_types": ["authorization_code"], "groups": ["everyone"]}
                        for rule in ("First", "Second", "Third")
                    ],
                }
            ],
            **spec,
        },
    )


def zone(name: str, /, **spec: Any) -> Document:
    return document("network-zone", name, **{"name": name, "type": "IP", "gateways": ["192.0.2.0/24"], **spec})


def bookmark(name: str, /, **spec: Any) -> Document:
    return document("bookmark-app", name, **{"label": name, "url": f"https://{name}.example.com", **spec})
