"""One Okta org: its objects, its URL, its clock.

The org itself (id, subdomain, pipeline, counters) is a record too, so the store holds the whole state.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from okta_sandbox.identifiers import Identifiers
from okta_sandbox.json_types import JsonObject
from okta_sandbox.store import Record, Store

Pipeline: TypeAlias = Literal["idx", "v1"]  # Identity Engine, Classic Engine
Clock: TypeAlias = Callable[[], datetime]

ORG = "Org"


def utc_now() -> datetime:
    """The default clock."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """Okta's time format: UTC, whole seconds, milliseconds always 000."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Tenant:
    """The state that handlers work on."""

    def __init__(
        self, store: Store, base_url: str, clock: Clock = utc_now, identifiers: Identifiers | None = None
    ) -> None:
        self.store = store
        self.base_url = base_url.rstrip("/")
        self.clock = clock
        self.identifiers = identifiers or Identifiers()
        self.used_proofs: dict[str, float] = {}  # of DPoP: `jti` and expiry, until a restart

    def create_org(self, pipeline: Pipeline, subdomain: str = "sandbox") -> None:
        """Create the org itself; `baseline` adds the objects of a fresh org."""
        identity = {
            "id": self.identifiers.new("00o"),
            "realmId": self.identifiers.new("guo"),  # the default realm, which contains every user
            "keyId": self.identifiers.key_id(),  # the key that signs ID tokens
        }
        settings = {"pipeline": pipeline, "subdomain": subdomain, "customApps": 0}
        self.store.add(ORG, "org", {**settings, **identity})

    @property
    def org(self) -> JsonObject:
        """The org itself: id, subdomain, pipeline, counters."""
        record = self.store.get(ORG, "org")
        return record.body if record else {}

    @property
    def pipeline(self) -> Pipeline:
        """The engine of the org."""
        return "v1" if self.org.get("pipeline") == "v1" else "idx"

    @property
    def administrator(self) -> Record:
        """The owner of the API token: the first user."""
        return self.store.all("User")[0]

    def next_number(self, counter: str) -> int:
        """Increment a counter of the org, as for the names of custom apps."""
        record = self.store.get(ORG, "org")
        assert record is not None, "the org has not been created"
        number = int(record.body.get(counter, 0)) + 1
        self.store.change(record, body={**record.body, counter: number})
        return number

    def make_secret(self, name: str) -> str:
        """A secret of the org, generated on first use."""
        record = self.store.get(ORG, "org")
        assert record is not None, "the org has not been created"
        if name not in record.body:
            record = self.store.change(record, body={**record.body, name: self.identifiers.client_secret()})
        return str(record.body[name])

    @property
    def revoked_tokens(self) -> list[str]:
        """The ids of API tokens that were revoked with the token itself."""
        return list(self.org.get("revokedTokens", []))

    def revoke_token(self, token_id: str) -> None:
        """Refuse an API token from now on."""
        record = self.store.get(ORG, "org")
        assert record is not None, "the org has not been created"
        self.store.change(record, body={**record.body, "revokedTokens": [*self.revoked_tokens, token_id]})

    def url(self, path: str) -> str:
        """The absolute URL of a path."""
        return self.base_url + path

    def urls_of(self, path: str, host: str) -> set[str]:
        """The URLs by which a client may know a path: one that uses the tenant as a proxy knows it by `Host`."""
        return {f"{base}{path}" for base in (self.base_url, f"http://{host}", f"https://{host}")}

    def now(self) -> str:
        """The current time in Okta's format."""
        return timestamp(self.clock())

    def in_future(self, **duration: float) -> str:
        """A future time in Okta's format; arguments as for `timedelta`."""
        return timestamp(self.clock() + timedelta(**duration))
