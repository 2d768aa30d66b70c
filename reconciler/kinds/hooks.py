"""What event hooks and inline hooks have in common: the address that Okta calls, and how it authenticates there."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from reconciler.kinds.fields import SecretRef, Uri
from reconciler.kinds.part import Part
from reconciler.kinds.refusals import Refusal


def _encrypted(value: str) -> str:
    if not value.lower().startswith("https://"):
        raise ValueError("must be an https: address: Okta calls no other")
    return value


HttpsUri = Annotated[
    Uri,
    AfterValidator(_encrypted),
    Field(examples=["https://hooks.example.com/okta", "https://events.example.com/okta"]),
]
"""An `https:` address that Okta calls."""

HeaderName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"),
    Field(examples=["Authorization", "X-Hook-Token"]),
]
"""The name of an HTTP header."""


class HookHeader(Part):
    """A header of the requests. Okta shows its value, so a secret belongs in `auth`."""

    key: Annotated[HeaderName, Field(examples=["X-Sent-By", "X-Tenant"])]
    """Name of the header."""
    value: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    """Value of the header."""


class HookAuth(Part):
    """The header with which Okta proves to the address who it is."""

    refusals = (
        Refusal("key", lambda auth: not auth.key, "the provider needs the name of the header"),
        Refusal("value", lambda auth: not auth.value, "the provider needs the secret"),
    )

    key: HeaderName
    """Name of the header, such as `Authorization`."""
    value: SecretRef
    """Secret in the header. Okta never shows it."""
