"""What the tests need to know about the properties of every schema that Okta created."""

from __future__ import annotations

from typing import Any

from tests.drift.ratings import changed
from tests.official.provider_rules import Converges, Refused, Rule, rule

_FIXED = "Okta does not let anything else of such a property be changed"
FIXED = dict.fromkeys(("index", "title", "type"), _FIXED)
HARMLESS = frozenset({"index", "title", "type"})
_REQUIRED = {"required": True}
LOGIN = {"index": "login", "title": "Username", **_REQUIRED}


def attacks(kind: str) -> dict[str, tuple[Any, ...]]:
    return {
        "attribute-opened": (changed(kind, "permissions", "READ_ONLY", "READ_WRITE"),),
        "attribute-source": (changed(kind, "master", "PROFILE_MASTER", "OKTA"),),
        "attribute-unchecked": (changed(kind, "required", True, False),),
        "login-unchecked": (
            changed(kind, "pattern", "[a-z]+", ".+"),
            changed(kind, "pattern", "[a-z]+", None),
        ),
    }


def innocent(kind: str) -> dict[str, tuple[Any, ...]]:
    return {
        "attribute-opened": (changed(kind, "permissions", "READ_WRITE", "HIDE"),),
        "attribute-unchecked": (changed(kind, "required", False, True),),
        "login-unchecked": (changed(kind, "title", "Username", "User name"),),
    }


def rules(kind: str) -> tuple[Rule, ...]:
    """The provider's rules that such properties share."""
    pattern = {"pattern": "[a-z]+"}
    return (
        rule(
            kind,
            "create update",
            'index != "login" and pattern set',
            Refused(kind, "pattern", "applies only to login", pattern, {}),
        ),
        rule(
            kind,
            "create update",
            'index == "login" and not required',
            Refused(kind, "required", "login needs required: true", LOGIN | {"required": False}, LOGIN),
        ),
        rule(
            kind,
            "create update",
            "permissions unset",
            Converges(kind, before={"permissions": "HIDE"}),
            Converges(kind, {"permissions": "HIDE"}),
        ),
    )
