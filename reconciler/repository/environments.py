"""The environments of a new repository."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import urlsplit

from reconciler.definitions.environments import tenant_url
from reconciler.loopback import LOOPBACK

_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
LOCAL: Final = "local"
LOCAL_URL: Final = "http://127.0.0.1:7700"


@dataclass(frozen=True, slots=True)
class NewEnvironment:
    """An environment, and what its files say about it."""

    name: str
    url: str
    after: str = ""
    """The environment that takes definitions before it; empty for the first one."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `NAME=URL`. Raises `ValueError`."""
        name, _, url = text.partition("=")
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a name of lowercase letters, digits and hyphens")
        try:
            return cls(name, tenant_url(url))
        except ValueError as error:
            raise ValueError(f"{url!r} {error}") from None

    @property
    def host(self) -> str:
        """The host of the tenant, as `pins.yaml` lists it."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port of a local tenant."""
        return urlsplit(self.url).port or 80

    @property
    def local(self) -> bool:
        """Whether the tenant is on this machine."""
        return self.host in LOOPBACK

    @property
    def prefix(self) -> str:
        """The beginning of the names of the variables with its credentials."""
        return f"OKTA_{self.name.upper().replace('-', '_')}_"


LOCAL_ENVIRONMENT: Final = NewEnvironment(LOCAL, LOCAL_URL)


def in_order(environments: Iterable[NewEnvironment]) -> tuple[NewEnvironment, ...]:
    """The environments, each after the one before it. A local tenant takes part only among local ones.

    Raises `ValueError` if two have the same name.
    """
    ordered: list[NewEnvironment] = []
    before: dict[bool, str] = {}
    for one in environments:
        if any(one.name == other.name for other in ordered):
            raise ValueError(f"{one.name} is given twice")
        ordered.append(replace(one, after=before.get(one.local, "")))
        before[one.local] = one.name
    return tuple(ordered)
