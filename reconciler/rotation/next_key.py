"""What waits beside the private key in the store while a key pair is rotated.

First it is the new private key, until Okta has its public part. After that only what is needed to retire the old key:
which key was replaced, and when. It is a JWK (RFC 7517), whose readers ignore members that they do not know.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from reconciler.okta.private_keys import SigningKey
from reconciler.rotation.errors import written_by_a_rotation

_REPLACES: Final = "replaces"
_SINCE: Final = "in_use_since"


@dataclass(frozen=True, slots=True)
class NextKey:
    """The key that replaces another."""

    kid: str
    replaces: str
    """The id of the old key; empty if it is not known."""
    key: SigningKey | None = None
    """The private key; None once it is in use."""
    since: datetime | None = None
    """When it was put to use; None if it was not yet."""

    @classmethod
    def parsed(cls, text: str, reference: str) -> Self:
        """What a store has at a reference. Raises `CannotRotate` if it is not what a rotation writes."""
        with written_by_a_rotation(reference):
            members: dict[str, Any] = json.loads(text)
            key = SigningKey.parsed(text) if "d" in members else None
            since = members.get(_SINCE)
            replaced = None if since is None else datetime.fromtimestamp(since, UTC)
            return cls(str(members["kid"]), str(members[_REPLACES]), key, replaced)

    @property
    def text(self) -> str:
        """What is written to the store."""
        members = json.loads(self.key.jwk_text(self.kid)) if self.key else {"kid": self.kid}
        members[_REPLACES] = self.replaces
        if self.since:
            members[_SINCE] = int(self.since.timestamp())
        return json.dumps(members)
