"""The desired state of one environment: objects, each with its location in the YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from reconciler.definitions.positions import Place, YamlMapping
from reconciler.definitions.trust import Pins
from reconciler.kinds import Kind, Spec
from reconciler.kinds.mapping import owner_of
from reconciler.kinds.reference_values import named

Mode = Literal["authoritative", "additive", "observe"]
"""How objects are managed: fully, without deletes, or only compared."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A location in a file; lines and columns count from 1, as in editors."""

    file: str
    line: int
    column: int
    item: Place | tuple[()] = ()
    """The place of the item for which a document with `foreach` makes the object."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place} ({for_item(self.item)})" if self.item else place


def for_item(place: Place) -> str:
    """Which object of a document with `foreach` is meant."""
    file, line, column = place
    return f"for the item at {file}:{line}:{column}"


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
    """One declared object, which becomes one Pulumi resource."""

    kind: Kind
    name: str
    """See `Address.name`."""
    spec: Spec
    """All fields in canonical form, with defaults; references are logical names. Owned objects are not included: they
    are declarations of their own."""
    declared: frozenset[str]
    """The fields stated in the YAML; the others have their defaults ("inherited")."""
    source: Source
    """Location of the object."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Location of each field, by path: `redirect_uris`, `redirect_uris.0`, `rules.1.access`."""
    parent: Address | None = None
    previously: tuple[str, ...] = ()
    """Earlier values of `name`: a rename must not delete and create the object."""
    owner: str = ""
    purpose: str = ""
    protected: bool = False
    """Whether the object must not be deleted, replaced or released: `protect: true` in its document. Objects that it
    owns are not protected."""

    @property
    def address(self) -> Address:
        """Kind and name."""
        return Address(self.kind.name, self.name)

    @property
    def label(self) -> str:
        """The display name in Okta, or the logical name if the object has none."""
        label = self.kind.label_from(self.spec.get(self.kind.label_field))
        if self.kind.shape.sole:
            return self.kind.name
        return label if isinstance(label, str) else self.name

    @property
    def natural_key(self) -> tuple[str, str]:
        """What no sibling shares: the name, and what tells apart siblings of one name, if Okta lets them share it."""
        field = self.kind.distinguished_by
        if known := self.kind.known_by(self.spec):
            return known, ""
        return self.label, str(self.spec[field]) if field else ""

    @property
    def owner_word(self) -> str | None:
        """The word for its owner, if the owner is one that every tenant has and that has one (see `Kind.owned_by`)."""
        field = owner_of(self.kind)
        value = self.spec.get(self.kind.owned_by)
        return value if field and field.ref and value in field.ref.words else None

    @property
    def owner_reference(self) -> Address | None:
        """Its owner, if a field refers to it."""
        field = owner_of(self.kind)
        if field is None or field.ref is None or self.owner_word is not None:
            return None
        return next((Address(*one) for one in named(field.ref, self.spec[field.name])), None)

    def where(self, path: str) -> Source:
        """Location of a field, or of the nearest structure around it that is stated in the YAML."""
        while path:
            if path in self.sources:
                return self.sources[path]
            path = path.rpartition(".")[0]
        return self.source


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials: references to secrets, never secrets."""

    token: str | None = None
    """An API token (SSWS)."""
    client_id: str | None = None
    """Client ID of the service app, as stated: `definitions.identifiers` resolves it."""
    private_key: str | None = None
    """Private key of the service app: PEM, or a private JWK in JSON."""
    private_key_id: str | None = None
    """Key ID of the private key, as stated; None if the key names itself. `sign_in_key` resolves it."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Drift to ignore until a date (`ignore.yaml`)."""

    kind: str
    name: str | None
    """Name of the declared object; None for unmanaged objects."""
    label: str | None
    """Pattern for the display names of unmanaged objects."""
    field: str | None
    """Pattern for the field; None for the whole object."""
    reason: str
    owner: str
    expires: date
    """Last day on which the entry applies."""
    source: Source
    any_value: bool = False
    """Whether the entry covers any value, not only the value when it was first applied."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """Which environment has to take definitions before another one."""

    after: str
    """The name of the environment that takes them first."""
    backend: str = ""
    """Where its state is; empty if it is stored at the same address."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One tenant and its differences."""

    name: str
    url: str
    """URL of the tenant, such as `https://acme.okta.com`, without a trailing slash."""
    credentials: Credentials
    variables: YamlMapping = field(default_factory=YamlMapping)
    """Values of `${name}`: its own, and those of all environments."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Location of each field, by path: `tenant.url`, `tenant.credentials.token`."""
    imports: Mapping[Address, str] = field(default_factory=dict)
    """Ids of existing objects to import (`imports/<name>.yaml`)."""
    ignores: tuple[Ignore, ...] = ()
    """Drift to ignore in this environment."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Limits for requests that differ from the default, by the names of `Bounds`."""
    modes: Mapping[str, Mode] = field(default_factory=dict)
    """The modes that are stated, by kind: see `mode`."""
    sensitive: tuple[Address, ...] = ()
    """The groups and apps whose members or users drift detection watches."""
    pins: Pins = field(default_factory=Pins)
    """The hosts and the references to secrets that the environment may use (`pins.yaml`)."""
    promotion: Promotion | None = None
    """Which environment has to take definitions first; None if any definitions may be applied."""

    def mode(self, levels: Iterable[str]) -> Mode:
        """The mode of an object; `levels` are its kind, the kind of its owner, and so on.

        An owned object has the mode of its owner, unless its kind has its own. If the owner is observed, owned objects
        are always observed.
        """
        named = [self.modes[level] for level in levels if level in self.modes]
        return "observe" if "observe" in named else next(iter(named), "authoritative")

    @property
    def secrets(self) -> Iterator[tuple[str, Source]]:
        """The references to secrets in the credentials, with their locations."""
        for name in ("token", "private_key"):
            reference = getattr(self.credentials, name)
            if reference is not None:
                yield reference, self.where(f"tenant.credentials.{name}")

    def where(self, path: str) -> Source:
        """Location of a field in its file."""
        return self.sources.get(path, Source(f"environments/{self.name}.yaml", 1, 1))


@dataclass(frozen=True)
class Desired:
    """The desired state of one environment."""

    environment: Environment
    declarations: Mapping[Address, Declaration]
    """In creation order: owners and referenced objects come first."""
    digest: str
    """SHA-256 over the desired objects, without locations: equal digests mean the same desired state."""
    documents: str = ""
    """SHA-256 over the documents of all environments, before variables and patches: the same for each environment."""

    @cached_property
    def managed(self) -> Mapping[Address, Declaration]:
        """The declarations that are applied: all except observed ones."""
        if "observe" not in self.environment.modes.values():
            return self.declarations
        return {
            address: declaration
            for address, declaration in self.declarations.items()
            if self.environment.mode(self._levels(address)) != "observe"
        }

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that are declared, by name."""
        return _kinds(self.declarations)

    @cached_property
    def managed_kinds(self) -> tuple[Kind, ...]:
        """The kinds of what is applied, by name."""
        return _kinds(self.managed)

    def observes(self, address: Address) -> bool:
        """Whether the object is declared and only observed."""
        return address in self.declarations and address not in self.managed

    def _levels(self, address: Address | None) -> Iterator[str]:
        while address:
            yield address.kind
            address = self.declarations[address].parent


def _kinds(declarations: Mapping[Address, Declaration]) -> tuple[Kind, ...]:
    found = {declaration.kind.name: declaration.kind for declaration in declarations.values()}
    return tuple(kind for _, kind in sorted(found.items()))
