"""Environments: one tenant each, the variables that differ there, and patches over single documents."""

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
from reconciler.definitions.model import Address, Credentials, Environment, Mode, Source
from reconciler.definitions.positions import Mark, YamlMapping, YamlSequence, value_at
from reconciler.definitions.validation import validate
from reconciler.definitions.variables import VARIABLE_NAME, uses_variable
from reconciler.definitions.yaml_files import read_roots
from reconciler.kinds import Part, kinds
from reconciler.kinds.fields import SecretRef

VariableName = Annotated[str, StringConstraints(pattern=f"^{VARIABLE_NAME}$")]
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_HOST = re.compile(r"::1|([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?")
"""A name of the DNS, or the addresses that are written with dots; Okta's and custom domains are never anything else."""


_ADMIN_CONSOLE = re.compile(r"([a-z0-9-]+)-admin\.(okta(?:preview|-emea|-gov|-miltest)?\.(?:com|mil))")
"""The host of an Admin Console, in one of Okta's own domains."""


def _tenant_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        known = bool(_HOST.fullmatch(parts.hostname or "")) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, brackets that do not close
        known = False
    if not known or parts.scheme not in ("http", "https") or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must be the address of a tenant, such as https://acme.okta.com")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("must begin with https: plain http is only for a tenant on this machine")
    if console := _ADMIN_CONSOLE.fullmatch(parts.hostname or ""):
        raise ValueError(f"is the Admin Console, and the API is at https://{console[1]}.{console[2]}")
    return value.rstrip("/")


def _known_kind(value: str) -> str:
    known = [kind.kind for kind in kinds()]
    if value not in known:
        raise ValueError(f"there is no kind {value}; {did_you_mean(value, known, 'see `reconciler kinds`')}")
    return value


KindName = Annotated[str, AfterValidator(_known_kind)]


class CredentialsFields(Part):
    """How to sign in: an API token, or a service app with a private key."""

    token: SecretRef | None = None
    """Where to find an API token (SSWS)."""
    client_id: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The service app, for OAuth 2.0 with a private key."""
    private_key: SecretRef | None = None
    """Where to find its private key, in PEM."""
    private_key_id: Annotated[str, StringConstraints(min_length=1)] | None = None
    """Which of its keys that is."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        key = (self.client_id, self.private_key, self.private_key_id)
        if (self.token is not None) == any(key) or (any(key) and not all(key)):
            raise ValueError("either token, or client_id, private_key and private_key_id")
        return self


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]


class LimitsFields(Part):
    """How much the tenant may take, where the defaults are not enough (see docs/tenant-access.md)."""

    request_seconds: Positive | None = None
    """For one request with all its repeats and the pauses between them."""
    run_seconds: Positive | None = None
    """For all requests of one step of a command."""
    answer_megabytes: Positive | None = None
    """For one answer, after decompression."""
    pages: Annotated[int, Field(gt=0, strict=True)] | None = None
    """For one list."""
    reset_seconds: Positive | None = None
    """For one wait for a rate limit."""
    bucket_share: Annotated[float, Field(gt=0, le=1)] | None = None
    """The share of each rate limit to use at most: 0.5 for half."""


class Tenant(Part):
    """The tenant of an environment."""

    url: Annotated[str, AfterValidator(_tenant_url)]
    """Its address, such as `https://acme.okta.com`."""
    credentials: CredentialsFields
    """How to sign in there: names of secrets, never secrets."""
    limits: LimitsFields = LimitsFields()
    """How much it may take."""


class Patch(Part):
    """What differs in one document in this environment."""

    kind: str
    """The document's kind."""
    name: LogicalName
    """The document's name."""
    spec: dict[str, Any]
    """Laid over its spec: mappings are merged, anything else takes the place of what was there."""


class EnvironmentFile(Part):
    """One tenant, and what differs there (`environments/<name>.yaml`)."""

    tenant: Tenant
    """Where to apply the definitions."""
    variables: dict[VariableName, Any] = {}  # noqa: RUF012
    """What `${name}` stands for in the definitions: text, numbers, lists or mappings."""
    patches: tuple[Patch, ...] = ()
    """What differs in single documents."""
    modes: dict[KindName, Mode] = {}  # noqa: RUF012
    """How far a kind is managed: `additive` never deletes what is no longer declared, but lets go of it; `observe`
    changes nothing at all, and only reports what is not as declared."""


@dataclass(frozen=True, slots=True)
class LocatedPatch:
    """A patch, and where it stands."""

    address: Address
    spec: YamlMapping
    source: Source


@dataclass(frozen=True, slots=True)
class Overlay:
    """An environment, and what it changes in the documents."""

    environment: Environment
    patches: tuple[LocatedPatch, ...]


def read_environment(name: str, path: Path, problems: list[Problem]) -> Overlay | None:
    """The environment that a file describes; None, and problems, if it does not."""
    roots, complete = read_roots(path, problems)
    if not complete:
        return None
    mark: Mark = (path.as_posix(), 1, 1)
    if len(roots) != 1 or not isinstance(roots[0].value, YamlMapping):
        message = "an environment is one mapping with tenant, variables and patches"
        problems.append(Problem(Source(*mark), f"{message}, not {_what_instead(roots)}"))
        return None
    raw = roots[0].value
    file = validate(EnvironmentFile, raw, mark, "the environment", problems)
    if file is None:
        return None
    for key, value in file.variables.items():
        if uses_variable(value):
            at = Source(*value_at(raw, ("variables", key), mark))
            problems.append(Problem(at, f"the variable {key} uses a variable", "write its value out"))
    return Overlay(_environment(name, file, raw, mark), tuple(_patches(raw)))


def _what_instead(roots: list[Any]) -> str:
    return f"{len(roots)} documents" if len(roots) != 1 else shown(roots[0].value)


def _environment(name: str, file: EnvironmentFile, raw: YamlMapping, mark: Mark) -> Environment:
    fields = CredentialsFields.model_fields
    places = {
        f"tenant.credentials.{field}": Source(*value_at(raw, ("tenant", "credentials", field), mark))
        for field in fields
    }
    places["tenant.url"] = Source(*value_at(raw, ("tenant", "url"), mark))
    credentials = {field: getattr(file.tenant.credentials, field) for field in fields}
    return Environment(
        name=name,
        url=file.tenant.url,
        credentials=Credentials(**credentials),
        variables=raw.get("variables", {}),
        limits=file.tenant.limits.model_dump(exclude_none=True),
        sources=places,
        modes=dict(file.modes),
    )


def _patches(raw: YamlMapping) -> list[LocatedPatch]:
    patches = raw.get("patches", YamlSequence())
    return [
        LocatedPatch(Address(patch["kind"], patch["name"]), patch["spec"], Source(*patch.values_at["name"]))
        for patch in patches
    ]
