"""What one run of a rotation does: its steps, in order, and why it stops after them.

A rotation takes several runs, since old and new credential are valid at the same time for a while. No machine keeps
anything between runs: each finds out from Okta, the store and the definitions which step is next. So a run can be
killed anywhere, and the next one continues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from reconciler.rotation.request import Wanted

COMPLETE: Final = "the rotation is complete"


class Action(StrEnum):
    """What a step does; the value says so."""

    DELETE = "delete {name}, which is inactive, in Okta"
    CREATE_SECRET = "create a second client secret in Okta"
    GENERATE = "generate a key pair, and write the private key to {next}"
    ADD_KEY = "add the public key{called} in Okta"
    DECLARE_KEY = "add the public key{called} to the definition"
    PROVE = "sign in with the new key{called}"
    STORE = "write {new} to {store}"
    FORGET = "remove the copy of the private key from {next}"
    DEACTIVATE = "deactivate {name} in Okta"
    WITHDRAW_KEY = "remove the public key {name} from the definition"
    PROVE_TOKEN = "sign in with the new API token"
    KEEP_TOKEN = "write the present API token to {next}, to revoke it later"
    REVOKE_TOKEN = "revoke the old API token in Okta"
    FORGET_TOKEN = "remove the old API token from {next}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    action: Action
    name: str = ""
    """What it is about, for messages: the secret or the key. Empty if this run makes it."""
    id: str = ""
    """Its id in Okta."""

    def text(self, new: str, store: str, following: str = "") -> str:
        """The step in words. `new` is what is rotated; `store` and `following` are the references written to."""
        called = f" {self.name}" if self.name else ""
        return self.action.value.format(name=self.name, called=called, new=new, store=store, next=following)


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one run."""

    steps: Sequence[Step]
    then: str
    """Why the run stops after them, and what to do next: a sentence."""
    again: datetime | None = None
    """When the next run can continue; None if it is not a matter of time."""
    complete: bool = False
    """Whether the rotation is complete then, or nothing has to be rotated."""


def after_grace(
    before: Sequence[Step], old: str, retire: Sequence[Step], since: datetime, wanted: Wanted, then: str = COMPLETE
) -> Steps:
    """Steps, and those that retire the `old` credential if its grace period is over, which began when it was replaced.

    `then` is what is said when it is retired.
    """
    until = since + wanted.grace
    if wanted.now < until:
        return Steps(before, f"{old} stays valid until {until:%Y-%m-%d %H:%M} UTC: then run this command again", until)
    return Steps((*before, *retire), then, complete=True)
