"""One Okta org: its objects, its address, its clock.

What the org itself is (id, subdomain, pipeline, counters) is a record as well: the store holds the whole
state.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from reconciler.sandbox.identifiers import Identifiers
from reconciler.sandbox.json_types import JsonObject
from reconciler.sandbox.store import Record, Store

Pipeline: TypeAlias = Literal["idx", "v1"]  # Identity Engine, Classic Engine
Clock: TypeAlias = Callable[[], datetime]

ORG = "Org"


def utc_now() -> datetime:
    """The time of day, for tenants that are not told another."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """As Okta writes times: UTC, whole seconds, always three zeros of milliseconds."""
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

    def found(self, pipeline: Pipeline, subdomain: str = "sandbox") -> None:
        """Make the org itself; the baseline adds what a fresh org holds."""
        identity = {
            "id": self.identifiers.new("00o"),
            "realmId": self.identifiers.new("guo"),  # of the default realm, in which every user is
            "keyId": self.identifiers.key_id(),  # of the key that signs ID tokens
        }
        settings = {"pipeline": pipeline, "subdomain": subdomain, "customApps": 0}
        self.store.add(ORG, "org", {**settings, **identity})

    @property
    def org(self) -> JsonObject:
        """What the org is: id, subdomain, pipeline, counters."""
        record = self.store.get(ORG, "org")
        return record.body if record else {}

    @property
    def pipeline(self) -> Pipeline:
        """Which of the two engines the org runs on."""
        return "v1" if self.org.get("pipeline") == "v1" else "idx"

    @property
    def administrator(self) -> Record:
        """The user that owns the API token: the first one ever made."""
        return self.store.all("User")[0]

    def next_number(self, counter: str) -> int:
        """Count something up, as the org does for the names of custom apps."""
        record = self.store.get(ORG, "org")
        assert record is not None, "the org has not been founded"
        number = int(record.body.get(counter, 0)) + 1
        self.store.change(record, body={**record.body, counter: number})
        return number

    def make_secret(self, name: str) -> str:
        """A secret of the org, made when it is first asked for."""
        record = self.store.get(ORG, "org")
        assert record is not None, "the org has not been founded"
        if name not in record.body:
            record = self.store.change(record, body={**record.body, name: self.identifiers.client_secret()})
        return str(record.body[name])

    def url(self, path: str) -> str:
        """The address of a path, as clients reach it."""
        return self.base_url + path

    def now(self) -> str:
        """The time, as Okta writes it."""
        return timestamp(self.clock())

    def in_future(self, **duration: float) -> str:
        """A time from now, as Okta writes it; arguments as for `timedelta`."""
        return timestamp(self.clock() + timedelta(**duration))
