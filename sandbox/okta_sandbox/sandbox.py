"""A running sandbox: the tenant, and the controls for tests (faults, rate limits, lag)."""

from dataclasses import dataclass, field
from pathlib import Path

from okta_sandbox import baseline
from okta_sandbox.consistency import Lag
from okta_sandbox.event_hook_delivery import EventHookDelivery
from okta_sandbox.families import client_secrets, naming
from okta_sandbox.faults import Faults
from okta_sandbox.identifiers import Identifiers
from okta_sandbox.journal import SqliteJournal
from okta_sandbox.rate_limits import Plan, RateLimits
from okta_sandbox.statistics import Statistics
from okta_sandbox.store import Store
from okta_sandbox.tenant import Clock, Pipeline, Tenant, utc_now


@dataclass
class Sandbox:
    """A tenant with its controls. Without `token` any SSWS token is accepted."""

    tenant: Tenant
    token: str | None = None
    pipeline: Pipeline = "idx"
    faults: Faults = field(default_factory=Faults)
    statistics: Statistics = field(default_factory=Statistics)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    event_hooks: EventHookDelivery = field(default_factory=EventHookDelivery)
    administrators: dict[str, str] = field(default_factory=dict)  # additional ones: user ids by token ids
    plan: Plan | None = None  # rate limits enforced from the start
    lag: Lag = field(init=False)

    @classmethod
    def open(
        cls,
        base_url: str,
        *,
        token: str | None = None,
        pipeline: Pipeline = "idx",
        state: Path | None = None,
        clock: Clock = utc_now,
        seed: int | None = None,
        name: str = "sandbox",
        plan: Plan | None = None,
    ) -> "Sandbox":
        """Open the tenant of a state file, or a fresh one. `name` is its subdomain, `plan` enforces rate limits."""
        store = Store(SqliteJournal(state) if state else None, naming())
        tenant = Tenant(store, base_url, clock, Identifiers(seed))
        if store.empty:
            baseline.install(tenant, pipeline, name)
        with store.transaction():
            client_secrets.keep_of_earlier_files(tenant)
        return cls(tenant, token, tenant.pipeline, Faults(seed), plan=plan)

    def __post_init__(self) -> None:
        self.lag = Lag(self.tenant.clock)
        self.tenant.store.lag = self.lag
        self._limit_rates()

    def _limit_rates(self) -> None:
        limited = self.plan is not None
        self.rate_limits = RateLimits(limited, plan=self.plan or "workforce", in_flight=self.rate_limits.in_flight)

    def reset(self, pipeline: Pipeline | None = None) -> None:
        """Reset to a fresh org; also resets faults, statistics, rate limits and lag."""
        name = str(self.tenant.org["subdomain"])
        self.lag.seconds = 0
        self.tenant.store.clear()
        baseline.install(self.tenant, pipeline or self.pipeline, name)
        self.administrators.clear()
        self.tenant.used_proofs.clear()
        self.faults.clear()
        self.statistics.clear()
        self._limit_rates()
