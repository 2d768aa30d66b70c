"""The sign-ins of one run, which share what they learn. HTTP is imported when it is used: every command has a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.okta.clock import TenantClock
    from reconciler.okta.dpop import ProofKey
    from reconciler.okta.sign_in import PrivateKey


class SignIns:
    """The sign-ins of one run: one access token for each set of scopes, one clock and one key for proofs per tenant."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        """What to tell the user at the end of the run, each once."""
        self._made: dict[tuple[object, ...], PrivateKey] = {}
        self._shared: dict[str, tuple[TenantClock, ProofKey]] = {}

    def warn(self, message: str) -> None:
        """Remember a warning."""
        if message not in self.warnings:
            self.warnings.append(message)

    def service_app(
        self,
        url: str,
        client_id: str,
        private_key: str,
        key_id: str | None,
        needed: Iterable[str],
        *,
        optional: Iterable[str] = (),
        issued: Callable[[str], None],
    ) -> PrivateKey:
        """The sign-in of a service app for these scopes."""
        from reconciler.okta.clock import TenantClock
        from reconciler.okta.dpop import ProofKey
        from reconciler.okta.sign_in import PrivateKey

        asked = tuple(sorted(needed)), tuple(sorted(optional))
        name = (url, client_id, key_id, asked)
        if name not in self._made:
            clock, proof_key = self._shared.setdefault(url, (TenantClock(), ProofKey()))
            self._made[name] = PrivateKey(
                url,
                client_id,
                private_key,
                key_id,
                asked[0],
                optional=asked[1],
                issued=issued,
                warn=self.warn,
                clock=clock,
                proof_key=proof_key,
            )
        return self._made[name]
