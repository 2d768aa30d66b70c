"""The rotation of the API token with which the reconciler signs in.

A person creates the new token: Okta has no API for it.

The old token waits beside the new one in the store until the grace period is over: only with the token itself can it be
revoked without knowing its id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self

from reconciler.rotation.errors import CannotRotate, written_by_a_rotation
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import Action, Step, Steps, after_grace

NO_API: Final = "Okta has no API that creates API tokens"
CREATE: Final = "create one in the Admin Console (Security > API > Tokens)"
BETTER: Final = "better, sign in as a service app (docs/tenant-access.md#service-apps)"
_OLD: Final = "the old API token"
_REVOKE: Final = (Step(Action.REVOKE_TOKEN), Step(Action.FORGET_TOKEN))
_TOKEN: Final = "token"
_SINCE: Final = "replaced"


@dataclass(frozen=True, slots=True)
class OldToken:
    """What waits beside the token."""

    since: datetime
    """When it was replaced."""
    token: str = field(default="", repr=False)
    """The token; empty once it is revoked."""

    @classmethod
    def parsed(cls, text: str, reference: str) -> Self:
        """What a store has at a reference. Raises `CannotRotate` if it is not what a rotation writes."""
        with written_by_a_rotation(reference):
            members: dict[str, Any] = json.loads(text)
            return cls(datetime.fromtimestamp(members[_SINCE], UTC), str(members.get(_TOKEN, "")))

    @property
    def text(self) -> str:
        """What is written to the store."""
        members: dict[str, Any] = {_SINCE: int(self.since.timestamp())}
        return json.dumps(members | ({_TOKEN: self.token} if self.token else {}))


def steps(stored: str | None, old: OldToken | None, new: str | None, wanted: Wanted) -> Steps:
    """The steps of this run. Raises `CannotRotate`.

    `stored` is the token in the store, `old` what waits beside it, and `new` the token that was created.
    """
    waits = old if old and old.token and old.token != stored else None
    if new and new != stored:
        if waits:
            raise CannotRotate("the last rotation of the API token is not complete", "leave out --new-token")
        kept = [Step(Action.KEEP_TOKEN)] if stored else []
        made = (Step(Action.PROVE_TOKEN), *kept, Step(Action.STORE))
        if not stored:
            then = "the store had no token to replace: revoke the old one in the Admin Console"
            return Steps(made, then, complete=True)
        return after_grace(made, _OLD, _REVOKE, wanted.now, wanted)
    if waits:
        return after_grace((), _OLD, _REVOKE, waits.since, wanted)
    if new:
        return Steps((), "the store has the new API token already", complete=True)
    raise CannotRotate(NO_API, f"{CREATE}, and pass a reference to it: --new-token env:NEW_OKTA_TOKEN; {BETTER}")
