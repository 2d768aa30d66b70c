"""What the definitions of one environment mean: objects, each with its place in the YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from reconciler.kinds import Kind, Spec

Mode = Literal["authoritative", "additive", "observe"]
"""How far objects are managed: wholly, without ever being deleted, or not at all, but compared."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place in a file: lines and columns count from 1, as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Address(NamedTuple):
    """The name of an object in the repository, the same in every environment.

    `name` is the logical name of the document, followed by the names of what it owns: a scope of the
    authorization server `payments` is `payments/accounts:read`.
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One object, as the definitions want it: what becomes one Pulumi resource."""

    kind: type[Kind]
    name: str
    """See `Address.name`."""
    spec: Spec
    """All fields in canonical form, defaults filled in; references are logical names; owned objects are
    declarations of their own and not in here."""
    declared: frozenset[str]
    """The fields that the YAML states; the others have their defaults ("inherited")."""
    source: Source
    """Where the object begins."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Where each field stands, by path: `redirect_uris`, `redirect_uris.0`, `rules.1.access`."""
    parent: Address | None = None
    previously: tuple[str, ...] = ()
    """Earlier values of `name`: renames, which must not become delete and create."""
    owner: str = ""
    purpose: str = ""

    @property
    def address(self) -> Address:
        """Kind and name."""
        return Address(self.kind.kind, self.name)

    @property
    def label(self) -> str:
        """The name that Okta shows, or the logical name of what has none of its own."""
        label = self.spec.get(self.kind.label_field)
        return label if isinstance(label, str) else self.name

    def where(self, path: str) -> Source:
        """The place of a field, or of the nearest structure around it that the YAML states."""
        while path:
            if path in self.sources:
                return self.sources[path]
            path = path.rpartition(".")[0]
        return self.source


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to sign in: references to secrets, never secrets."""

    token: str | None = None
    """An API token (SSWS)."""
    client_id: str | None = None
    """The service app, for OAuth 2.0 with a private key."""
    private_key: str | None = None
    """Its private key, PEM."""
    private_key_id: str | None = None
    """Which of its keys that is."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Drift that is known and passed over until a day (`ignore.yaml`)."""

    kind: str
    name: str | None
    """The declared object; None if it is about what nobody declared."""
    label: str | None
    """A pattern for the names that Okta shows of what nobody declared."""
    field: str | None
    """A pattern for the field; None for all of the object."""
    reason: str
    owner: str
    expires: date
    """The last day on which it counts."""
    source: Source
    any_value: bool = False
    """Whether it covers whatever the field says, and not only what it said when it was first passed over."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One tenant, and what differs there."""

    name: str
    url: str
    """The address of the tenant, such as `https://acme.okta.com`, without a slash at the end."""
    credentials: Credentials
    variables: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Where its fields stand, by path: `tenant.url`, `tenant.credentials.token`."""
    imports: Mapping[Address, str] = field(default_factory=dict)
    """The ids of objects that were there before their documents (`imports/<name>.yaml`)."""
    ignores: tuple[Ignore, ...] = ()
    """What drift detection passes over here."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """How much the tenant may take, by the names of `Bounds`, where it is not the default."""
    modes: Mapping[str, Mode] = field(default_factory=dict)
    """How far kinds are managed here, where it is said: see `mode`."""

    def mode(self, levels: Iterable[str]) -> Mode:
        """How far an object is managed; `levels` are its kind, its owner's, and so on.

        What is owned follows its owner, unless it has a mode of its own; only what an observed object owns is always
        observed as well.
        """
        named = [self.modes[level] for level in levels if level in self.modes]
        return "observe" if "observe" in named else next(iter(named), "authoritative")

    @property
    def secrets(self) -> Iterator[tuple[str, Source]]:
        """The references to secrets in its credentials, and where they stand."""
        for name in ("token", "private_key"):
            reference = getattr(self.credentials, name)
            if reference is not None:
                yield reference, self.where(f"tenant.credentials.{name}")

    def where(self, path: str) -> Source:
        """The place of a field in its file."""
        return self.sources.get(path, Source(f"environments/{self.name}.yaml", 1, 1))


@dataclass(frozen=True)
class Desired:
    """Everything that one environment should be."""

    environment: Environment
    declarations: Mapping[Address, Declaration]
    """In an order in which they can be created: parents and what is referred to come first."""
    digest: str
    """SHA-256 over what is wanted, without places in files: equal digests want the same tenant."""

    @cached_property
    def managed(self) -> Mapping[Address, Declaration]:
        """What is applied: everything but what is only observed."""
        if "observe" not in self.environment.modes.values():
            return self.declarations
        return {
            address: declaration
            for address, declaration in self.declarations.items()
            if self.environment.mode(self._levels(address)) != "observe"
        }

    def observes(self, address: Address) -> bool:
        """Whether it is declared, and only observed."""
        return address in self.declarations and address not in self.managed

    def _levels(self, address: Address | None) -> Iterator[str]:
        while address:
            yield address.kind
            address = self.declarations[address].parent
