"""The rotation of a client secret: Okta makes a second one, the store gets it, and the old one is deactivated later.

An inactive secret can be activated again if something still used it. The next rotation deletes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reconciler.rotation.errors import CannotRotate
from reconciler.rotation.request import Wanted
from reconciler.rotation.steps import COMPLETE, Action, Step, Steps, after_grace
from reconciler.rotation.tenant_credentials import Credential

_OVERWRITE = "check the reference; pass --overwrite to replace the value there"


def steps(secrets: Sequence[Credential], stored: str | None, written: datetime | None, wanted: Wanted) -> Steps:
    """The steps of this run. Raises `CannotRotate`.

    `secrets` are the client secrets, oldest first. `stored` is what the store has, None if it has nothing, and
    `written` is when it got it, None if it does not tell.
    """
    # Times have whole seconds. Of two secrets of one second, the stored one counts as newer, so that it stays.
    active = sorted((one for one in secrets if one.active), key=lambda one: (one.created, one.secret == stored))
    if not active:
        raise CannotRotate("the app has no active client secret", "activate one in the Admin Console")
    current = next((one for one in secrets if one.secret == stored), None)
    if current is None and stored is not None and not wanted.overwrite:
        raise CannotRotate("the store has a value that is no client secret of the app", _OVERWRITE)
    newest, older = active[-1], active[:-1]
    if current is newest and not older:
        if wanted.is_young(newest.created):
            return Steps((), f"{_called(newest)} is not due yet", complete=True)
    elif current is newest:
        since = max(newest.created, written or newest.created)
        return _retired(older, since, wanted, ())
    elif older or (current is not None and not current.active):
        # A run was interrupted after it had created the secret, or the store was restored from a backup.
        return _retired(older, wanted.now, wanted, (_store(newest),))
    removed = [Step(Action.DELETE, _called(one), one.id) for one in secrets if not one.active]
    made = (*removed, Step(Action.CREATE_SECRET), Step(Action.STORE))
    return _retired([newest], wanted.now, wanted, made)


def _retired(older: Sequence[Credential], since: datetime, wanted: Wanted, before: Sequence[Step]) -> Steps:
    """Steps, and then those that retire the older secrets, if the grace period since the new one was stored is over."""
    if not older:
        return Steps(before, COMPLETE, complete=True)
    retire = [Step(Action.DEACTIVATE, _called(one), one.id) for one in older]
    return after_grace(before, " and ".join(map(_called, older)), retire, since, wanted)


def _store(secret: Credential) -> Step:
    return Step(Action.STORE, _called(secret), secret.id)


def _called(secret: Credential) -> str:
    return f"the client secret {secret.id} of {secret.day}"
