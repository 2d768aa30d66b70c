"""The rotation of a key pair: the public key is added in Okta, then the store gets the private key, and later the old
public key is removed.

A signature with a key that Okta does not have yet would be refused. So the new private key waits in a place of its own
in the store until Okta has the public key. If the definitions state the public keys, an `up` brings them to Okta.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.okta.private_keys import SigningKey
from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.next_key import NextKey
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import COMPLETE, Action, Step, Steps, after_grace
from reconciler.rotation.tenant_credentials import Credential

_OVERWRITE = "check the reference; pass --overwrite to replace the key there"
_UP = "commit the definitions; when `up` has applied them, run this command again"


@dataclass(frozen=True, slots=True)
class Keys:
    """The public keys of a client."""

    live: Sequence[Credential]
    """In Okta, oldest first."""
    declared: Sequence[str] | None = None
    """The ids of those in the definition; None if it does not state the keys of the app."""

    def is_known(self, kid: str) -> bool:
        """Whether a key is where it has to be stated: in the definition, or else in Okta."""
        return kid in self.declared if self.declared is not None else self.is_valid(kid)

    def is_valid(self, kid: str) -> bool:
        """Whether Okta accepts a key."""
        return any(one.active and one.kid == kid for one in self.live)

    def of(self, key: SigningKey | None) -> Credential | None:
        """The public key that belongs to a private one."""
        return next((one for one in self.live if key and key.matches(one.content)), None)


def steps(keys: Keys, stored: SigningKey | None, following: NextKey | None, wanted: Wanted, *, proves: bool) -> Steps:
    """The steps of this run. Raises `CannotRotate`.

    `stored` is the private key in the store, and `following` what waits beside it. With `proves`, the new key has to
    sign in before it is put to use.
    """
    current = keys.of(stored)
    if following and following.key:
        if stored is None or stored.thumbprint != following.key.thumbprint:
            return _put_to_use(keys, following, wanted, proves=proves)
        forget = (Step(Action.FORGET, following.kid),)
        return _retired(keys, replace(following, since=following.since or wanted.now), wanted, forget)
    if following and current and following.kid == current.kid and _is_left(keys, following.replaces):
        return _retired(keys, following, wanted, ())
    if stored is not None and current is None and not wanted.overwrite:
        raise CannotRotate("the store has a private key whose public key the app does not have", _OVERWRITE)
    if current and wanted.is_young(current.created):
        return Steps((), f"the key {current.kid} of {current.day} is not due yet", complete=True)
    begun = (*_removed(keys, following), Step(Action.GENERATE))
    if keys.declared is not None:
        return Steps((*begun, Step(Action.DECLARE_KEY)), _UP)
    replaced = current.kid if current else ""
    return _in_use(keys, (*begun, Step(Action.ADD_KEY)), "", replaced, wanted, proves=proves)


def _put_to_use(keys: Keys, following: NextKey, wanted: Wanted, *, proves: bool) -> Steps:
    """A key that was generated is brought to Okta, and put to use as soon as Okta accepts it."""
    kid = following.kid
    if not keys.is_known(kid):
        if keys.declared is not None:
            return Steps((Step(Action.DECLARE_KEY, kid),), _UP)
        return _in_use(keys, (Step(Action.ADD_KEY, kid),), kid, following.replaces, wanted, proves=proves)
    if not keys.is_valid(kid):
        return Steps((), f"Okta does not have the key {kid} yet: {_UP}")
    return _in_use(keys, (), kid, following.replaces, wanted, proves=proves)


def _in_use(keys: Keys, before: Sequence[Step], kid: str, replaced: str, wanted: Wanted, *, proves: bool) -> Steps:
    """The store gets the new key. `kid` is empty if this run generates the key."""
    proof = (Step(Action.PROVE, kid),) if proves else ()
    made = (*before, *proof, Step(Action.STORE, kid), Step(Action.FORGET, kid))
    if not replaced:
        then = "the store had no key to replace: remove by hand the public keys that are no longer used"
        return Steps(made, then, complete=True)
    return _retired(keys, NextKey(kid, replaced, since=wanted.now), wanted, made)


def _retired(keys: Keys, following: NextKey, wanted: Wanted, before: Sequence[Step]) -> Steps:
    """Steps, and then those that retire the replaced key, if the grace period since the new one was used is over."""
    old = following.replaces
    if not _is_left(keys, old):
        return Steps(before, COMPLETE, complete=True)
    called, since = f"the key {old}", following.since or wanted.now
    if keys.declared is None:
        found = next(one for one in keys.live if one.kid == old)
        return after_grace(before, called, (Step(Action.DEACTIVATE, called, found.id),), since, wanted)
    if old in keys.declared:
        then = "commit the definitions; the rotation is complete when `up` has applied them"
        return after_grace(before, called, (Step(Action.WITHDRAW_KEY, old),), since, wanted, then)
    return after_grace(before, called, (), since, wanted, f"{COMPLETE} when `up` has removed {called}")


def _is_left(keys: Keys, kid: str) -> bool:
    return bool(kid) and (keys.is_valid(kid) or kid in (keys.declared or ()))


def _removed(keys: Keys, following: NextKey | None) -> Sequence[Step]:
    """The key that the last rotation deactivated is deleted."""
    if keys.declared is not None or following is None:
        return ()
    return [
        Step(Action.DELETE, f"the key {one.kid}", one.id)
        for one in keys.live
        if not one.active and one.kid == following.replaces
    ]
