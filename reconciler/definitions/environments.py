"""Environments: one tenant each, with its variables and its patches of documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from reconciler.definitions.documents import LogicalName
from reconciler.definitions.errors import Problem, did_you_mean
from reconciler.definitions.explanations import shown
from reconciler.definitions.identifiers import checked_identifier
from reconciler.definitions.model import Address, Credentials, Environment, Mode, Promotion, Source
from reconciler.definitions.positions import Mark, YamlMapping, YamlSequence, value_at
from reconciler.definitions.validation import validate
from reconciler.definitions.variables import VariableName, misused
from reconciler.definitions.yaml_files import read_roots
from reconciler.kinds import Part, kinds
from reconciler.kinds.fields import SecretRef
from reconciler.loopback import LOOPBACK

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[::1]|([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?/?",
    re.ASCII | re.IGNORECASE,
)
"""A scheme, a host and perhaps a port, and nothing else: no user, path, query, fragment, space or escape."""


_LAST_PORT = 65_535
_ADMIN_CONSOLE = re.compile(r"([a-z0-9-]+)-admin\.(okta(?:preview|-emea|-gov|-miltest)?\.(?:com|mil))")
"""The host of an Admin Console in one of Okta's domains."""


def tenant_url(value: str) -> str:
    """The URL of a tenant in one spelling. Raises `ValueError` if it is none, or not allowed."""
    url = _URL.fullmatch(value)
    if url is None or int(url["port"] or 0) > _LAST_PORT:
        raise ValueError("must be the URL of a tenant, such as https://acme.okta.com")
    host = url["host"].lower().strip("[]")
    if host not in LOOPBACK:
        if url["scheme"].lower() == "http":
            raise ValueError("must begin with https; http is allowed only for a tenant on this machine")
        if url["port"]:
            raise ValueError("must have no port; a port is allowed only for a tenant on this machine")
    if console := _ADMIN_CONSOLE.fullmatch(host):
        raise ValueError(f"is the Admin Console; use https://{console[1]}.{console[2]}")
    return value.rstrip("/").lower()


def _known_kind(value: str) -> str:
    known = [kind.name for kind in kinds()]
    if value not in known:
        raise ValueError(f"unknown kind {value}; {did_you_mean(value, known, 'see `reconciler kinds`')}")
    return value


KindName = Annotated[str, AfterValidator(_known_kind)]


def _backend(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = bool(parts.scheme) and bool(parts.netloc or parts.path)
    except ValueError:  # unbalanced brackets
        sound = False
    if not sound:
        raise ValueError("must be the URL of a backend, such as s3://acme-okta-state or file:///srv/okta-state")
    return value


Identifier = Annotated[str, StringConstraints(min_length=1), AfterValidator(checked_identifier)]


class CredentialsFields(Part):
    """Credentials: an API token, or a service app with a private key."""

    token: SecretRef | None = None
    """Reference to an API token (SSWS)."""
    client_id: Identifier | None = None
    """Client ID of the service app, for OAuth 2.0 with a private key; or `env:NAME`, the variable that contains it."""
    private_key: SecretRef | None = None
    """Reference to the private key of the service app: PEM, or a private JWK in JSON."""
    private_key_id: Identifier | None = None
    """Key ID of the private key, unless it is a JWK with a `kid`; or `env:NAME`, the variable that contains it."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        app = (self.client_id, self.private_key)
        if (self.token is not None) == any((*app, self.private_key_id)) or (not self.token and not all(app)):
            raise ValueError("set either token, or client_id, private_key and private_key_id (a JWK has its own kid)")
        return self


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]


class LimitsFields(Part):
    """Limits for requests, if the defaults are not enough (see docs/tenant-access.md)."""

    request_seconds: Positive | None = None
    """Seconds for one request, with all retries and pauses."""
    run_seconds: Positive | None = None
    """Seconds for all requests of one step of a command."""
    answer_megabytes: Positive | None = None
    """Megabytes of one response, after decompression."""
    pages: Annotated[int, Field(gt=0, strict=True)] | None = None
    """Pages of one list."""
    reset_seconds: Positive | None = None
    """Seconds to wait for a rate limit to reset."""
    bucket_share: Annotated[float, Field(gt=0, le=1)] | None = None
    """Largest share of each rate limit to use: 0.5 for half."""


class Tenant(Part):
    """The tenant of an environment."""

    url: Annotated[str, AfterValidator(tenant_url)]
    """URL of the tenant, such as `https://acme.okta.com`."""
    credentials: CredentialsFields
    """Credentials for the tenant: references to secrets, never secrets."""
    limits: LimitsFields = LimitsFields()
    """Limits for requests to the tenant."""


class PromotionFields(Part):
    """Which environment has to take definitions first."""

    after: LogicalName
    """Environment whose last `up` must have taken the same documents, without a failure."""
    backend: Annotated[str, AfterValidator(_backend)] | None = None
    """Where the state of that environment is, if it is elsewhere than that of this one: a URL without credentials."""


class Patch(Part):
    """Changes to one document in this environment."""

    kind: str
    """Kind of the document."""
    name: LogicalName
    """Name of the document."""
    spec: dict[str, Any]
    """Merged into the spec of the document: mappings are merged, other values replace the original."""


class SensitiveObject(Part):
    """A group or an app whose direct members or users drift detection watches."""

    kind: KindName
    """Kind of the object."""
    name: LogicalName
    """Name of the object."""


class EnvironmentFile(Part):
    """One tenant and its differences (`environments/<name>.yaml`)."""

    tenant: Tenant
    """Tenant that the definitions apply to."""
    variables: dict[VariableName, Any] = {}  # noqa: RUF012
    """Values of `${name}` in the definitions: text, numbers, lists or mappings."""
    patches: tuple[Patch, ...] = ()
    """Changes to single documents."""
    modes: dict[KindName, Mode] = {}  # noqa: RUF012
    """How kinds are managed. `authoritative` (default): objects no longer declared are deleted. `additive`: they are
    released. `observe`: nothing is changed, differences are reported."""
    sensitive: tuple[SensitiveObject, ...] = ()
    """Groups whose members, and apps whose direct users and profile mappings, drift detection watches."""
    promotion: PromotionFields | None = None
    """Which environment has to take definitions before this one."""


@dataclass(frozen=True, slots=True)
class LocatedPatch:
    """A patch and its location."""

    address: Address
    spec: YamlMapping
    source: Source


@dataclass(frozen=True, slots=True)
class Overlay:
    """An environment and its patches."""

    environment: Environment
    patches: tuple[LocatedPatch, ...]


def read_environment(name: str, path: Path, problems: list[Problem]) -> Overlay | None:
    """The environment of a file; None if it is invalid, with the reasons added to `problems`."""
    roots, complete = read_roots(path, problems)
    if not complete:
        return None
    mark: Mark = (path.as_posix(), 1, 1)
    if len(roots) != 1 or not isinstance(roots[0].value, YamlMapping):
        message = "an environment must be one mapping with tenant, variables and patches"
        problems.append(Problem(Source(*mark), f"{message}, not {_what_instead(roots)}"))
        return None
    raw = roots[0].value
    file = validate(EnvironmentFile, raw, mark, "the environment", problems)
    if file is None:
        return None
    problems += misused(raw.get("variables", YamlMapping()))
    return Overlay(_environment(name, file, raw, mark), tuple(_patches(raw)))


def _what_instead(roots: list[Any]) -> str:
    return f"{len(roots)} documents" if len(roots) != 1 else shown(roots[0].value)


def _environment(name: str, file: EnvironmentFile, raw: YamlMapping, mark: Mark) -> Environment:
    fields = CredentialsFields.model_fields
    places = {
        f"tenant.credentials.{field}": Source(*value_at(raw, ("tenant", "credentials", field), mark))
        for field in fields
    }
    if file.promotion:
        for field in file.promotion.model_fields_set:
            places[f"promotion.{field}"] = Source(*value_at(raw, ("promotion", field), mark))
    for number, one in enumerate(file.sensitive):
        places[f"sensitive.{one.kind}.{one.name}"] = Source(*value_at(raw, ("sensitive", number, "name"), mark))
    places["tenant.url"] = Source(*value_at(raw, ("tenant", "url"), mark))
    credentials = {field: getattr(file.tenant.credentials, field) for field in fields}
    return Environment(
        name=name,
        url=file.tenant.url,
        credentials=Credentials(**credentials),
        variables=raw.get("variables", YamlMapping()),
        limits=file.tenant.limits.model_dump(exclude_none=True),
        sources=places,
        modes=dict(file.modes),
        sensitive=tuple(Address(one.kind, one.name) for one in file.sensitive),
        promotion=Promotion(file.promotion.after, file.promotion.backend or "") if file.promotion else None,
    )


def _patches(raw: YamlMapping) -> list[LocatedPatch]:
    patches = raw.get("patches", YamlSequence())
    return [
        LocatedPatch(Address(patch["kind"], patch["name"]), patch["spec"], Source(*patch.values_at["name"]))
        for patch in patches
    ]
