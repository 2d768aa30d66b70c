"""Changes that an administrator makes in the Admin Console."""

from __future__ import annotations

from reconciler.kinds import Kind, Spec
from reconciler.stand_in.objects import Objects


class Console(Objects):
    """Writes objects as the provider does, but refuses nothing that Okta accepts."""

    async def _look_up(self, kind: Kind, spec: Spec, *, creates: bool) -> None:
        """Nothing depends on other objects."""
