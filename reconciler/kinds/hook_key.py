"""Hook keys: key pairs with which inline hooks authenticate to an OAuth server."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.fields import Checked, Name, OnDelete, Purpose, Ref, Relates
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.part import Part
from reconciler.kinds.risks import changed
from reconciler.kinds.shapes import Listed
from reconciler.kinds.threats import SECRET_ROTATED

HookKeyRef = Annotated[str, Ref("hook-key"), Relates(Purpose.USE, OnDelete.REFUSED)]
_KEY_ID = "keyId"
_USED = "isUsed"


class HookKey(Part):
    """A key pair with which inline hooks authenticate (`/api/v1/hook-keys`). Okta generates it and keeps the private
    key."""

    risks = (changed(SECRET_ROTATED, _KEY_ID),)

    name: Annotated[Name, Checked()]
    """Name of the key, unique in the tenant."""


HOOK_KEY = register(
    Kind(
        name="hook-key",
        resource="okta:index/hookKey:HookKey",
        fields=HookKey,
        shape=Listed(path="/api/v1/hook-keys", scope="okta.inlineHooks"),
        events=("system.hook.key.",),
        volatile=lambda _: (_USED,),
        generated=(_KEY_ID,),
        lost_on_replace=("the key pair: the OAuth server must trust the new public key",),
    )
)
