"""The file `pins.yaml`: the hosts and the references to secrets that each environment may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints

from reconciler.definitions.documents import LogicalName, Sentence
from reconciler.definitions.errors import Problem
from reconciler.definitions.explanations import shown
from reconciler.definitions.files import PINS, environment_files
from reconciler.definitions.identifiers import is_variable
from reconciler.definitions.model import Declaration, Environment, Source
from reconciler.definitions.positions import Mark, YamlMapping
from reconciler.definitions.secrets import secrets_of
from reconciler.definitions.trust import PinnedCommand, PinnedSecret, Pins, Refusal, canonical
from reconciler.definitions.validation import validate
from reconciler.definitions.yaml_files import read_roots
from reconciler.kinds import Part
from reconciler.kinds.fields import Bool
from reconciler.kinds.secret_references import SCHEMES, checked_pattern, is_reference

ANY: Final = "*"
"""The entry for environments that have none of their own."""
_CREDENTIALS: Final = ("token", "private_key")
_IDENTIFIERS: Final = ("client_id", "private_key_id")


def _one_host(value: str) -> str:
    if value != value.lower() or "*" in value:
        raise ValueError("must be one host in lower case, such as acme.okta.com")
    return value


Host = Annotated[
    str, StringConstraints(pattern=r"^(::1|[A-Za-z0-9*]([A-Za-z0-9.*-]*[A-Za-z0-9*])?)$"), AfterValidator(_one_host)
]
"""A host without scheme and port. No wildcards: each one is a server that gets credentials."""
_OF_STORES = "|".join(name for name, scheme in SCHEMES.items() if scheme.in_store)
ReferencePattern = Annotated[
    str,
    StringConstraints(pattern=rf"^(env:[A-Za-z0-9_*?]+|(file|{_OF_STORES}):\S+)$"),
    AfterValidator(checked_pattern),
]
"""A reference, with `*` and `?` as wildcards; the scheme is written out."""


def _program(line: tuple[str, ...]) -> tuple[str, ...]:
    if "/" in line[0] and not line[0].startswith("/"):
        raise ValueError("must begin with the name of a program on the PATH, or with an absolute path")
    return line


ProgramLine = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1)], ...], Field(min_length=1), AfterValidator(_program)
]
"""A program and its arguments, exactly as they are run: without a shell, and in the folder `/`."""


class CommandFields(Part):
    """A program whose standard output is a secret."""

    run: ProgramLine
    """The program and its arguments, exactly as they are run: without a shell, and in the folder `/`."""
    write: ProgramLine | None = None
    """The program that stores a new secret, and its arguments, run in the same way. The secret is its standard
    input. Default: the secret cannot be written."""
    variables: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], ...] = ()
    """Environment variables that the programs get, besides ordinary ones such as `PATH` and `HOME`."""


class PinnedSecretFields(Part):
    """References to secrets that definitions may use."""

    allow: ReferencePattern
    """A reference, with `*` and `?` as wildcards. The path of a file starts at the folder in `files`."""
    owner: Sentence | None = None
    """Owner of the secrets: only documents with this `owner` may use them."""


class EnvironmentPins(Part):
    """Limits of one environment. A field that is left out has the default."""

    hosts: Annotated[tuple[Host, ...], Field(min_length=1)] | None = None
    """Hosts that may be the tenant. Default: tenants in Okta's own domains, and local tenants."""
    credentials: tuple[ReferencePattern, ...] | None = None
    """References that may be credentials of the tenant. Default: variables, except those of other tools, and files."""
    secrets: tuple[PinnedSecretFields, ...] | None = None
    """References that definitions may use. Default: variables and files, except variables of other tools and
    credentials."""
    commands: dict[LogicalName, CommandFields] = {}  # noqa: RUF012
    """Programs that `exec:NAME` runs, by name."""
    files: Annotated[str, StringConstraints(min_length=1)] | None = None
    """Folder below which files of `file:` references must be; a relative path starts at the definitions. Default:
    the definitions."""
    backends: tuple[Annotated[str, StringConstraints(min_length=1)], ...] | None = None
    """URLs that `promotion.backend` may be, in full. Default: Pulumi Cloud, folders, and buckets without options."""
    after: LogicalName | None = None
    """What `promotion.after` must be. Default: what the environment's file says."""
    approval: Bool = True
    """Whether an `up` in CI needs the approval of a reviewer; `doctor --ci` checks it. Default: true."""


class PinsFile(Part):
    """Limits of what definitions may use (`pins.yaml`)."""

    environments: dict[str, EnvironmentPins]
    """Limits of each environment. `"*"` is the entry for all others; without it, an environment that is not listed is
    refused."""


@dataclass(frozen=True)
class PinsOfAll:
    """The limits of all environments."""

    path: Path | None
    """The file; None if there is none."""
    definitions: Path
    policy: Path
    entries: Mapping[str, EnvironmentPins]
    reserved: frozenset[str]

    def of(self, environment: str) -> Pins | None:
        """The limits of an environment; None if the file exists and does not list it."""
        folders = tuple(dict.fromkeys((self.definitions, self.policy)))
        default = Pins(folders=folders, reserved=self.reserved)
        if self.path is None:
            return default
        entry = self.entries.get(environment) or self.entries.get(ANY)
        if entry is None:
            return None
        secrets = entry.secrets
        return replace(
            default,
            file=self.path.as_posix(),
            hosts=entry.hosts,
            credentials=entry.credentials,
            secrets=None if secrets is None else tuple(PinnedSecret(one.allow, one.owner or "") for one in secrets),
            commands={
                name: PinnedCommand(one.run, one.variables, one.write or ()) for name, one in entry.commands.items()
            },
            backends=entry.backends,
            after=entry.after or "",
            approval=entry.approval,
            folders=folders if entry.files is None else tuple(folder / entry.files for folder in folders),
        )

    def checked(self, environment: Environment, problems: list[Problem]) -> Environment:
        """The environment with its limits; adds the problems of its host and credentials."""
        pins = self.of(environment.name)
        if pins is None:
            place = environment.where("tenant.url")
            what = f"{self.path} does not list the environment {environment.name}"
            problems.append(Problem(place, what, "add it there, with the hosts and secrets that it may use"))
            return environment
        if refusal := pins.host_refused(environment.url):
            problems.append(_problem(environment.where("tenant.url"), "tenant.url", refusal))
        promotion = environment.promotion
        if refusal := pins.promotion_refused(promotion.after if promotion else ""):
            where = environment.where("promotion.after" if promotion else "tenant.url")
            problems.append(_problem(where, "promotion.after", refusal))
        if promotion and promotion.backend and (refusal := pins.backend_refused(promotion.backend)):
            problems.append(_problem(environment.where("promotion.backend"), "promotion.backend", refusal))
        for name in (*_CREDENTIALS, *_IDENTIFIERS):
            reference, path = getattr(environment.credentials, name), f"tenant.credentials.{name}"
            source = environment.where(path)
            if not reference or (name in _IDENTIFIERS and not is_variable(reference)):
                continue
            if refusal := pins.credential_refused(reference, Path(source.file).parent):
                problems.append(_problem(source, path, refusal))
        return replace(environment, pins=pins)

    def may_read(self, environment: str, reference: str, folder: Path) -> bool:
        """Whether a reference in the file of an environment may be read, to redact its secret from messages."""
        pins = self.of(environment)
        return pins is not None and (
            pins.credential_refused(reference, folder) is None or pins.secret_refused(reference, folder) is None
        )


def read_pins(definitions: Path, policy: Path, problems: list[Problem]) -> PinsOfAll:
    """The limits in the folder `policy` for these definitions. Invalid ones are added to `problems`."""
    path = next((policy / name for name in PINS if (policy / name).is_file()), None)
    entries: Mapping[str, EnvironmentPins] = {}
    reserved = frozenset({*_credentials(definitions), *_credentials(policy)})
    if path is not None:
        before = len(problems)
        entries = _entries(path, problems)
        if len(problems) > before:  # its consequences are not worth a message
            path = None
        reserved |= {pattern for entry in entries.values() for pattern in entry.credentials or ()}
        reserved |= {f"env:{name}" for entry in entries.values() for name in _variables_of_commands(entry)}
    return PinsOfAll(path, definitions, policy, entries, reserved)


def refused_secrets(declarations: Iterable[Declaration], pins: Pins) -> Iterator[Problem]:
    """Problems for references that the declarations must not use."""
    for declaration in declarations:
        for path, reference, source in secrets_of(declaration):
            if refusal := pins.secret_refused(reference, Path(source.file).parent):
                yield _problem(source, path, refusal)


def _problem(source: Source, path: str, refusal: Refusal) -> Problem:
    return Problem(source, f"{path}: {refusal.reason}", refusal.hint)


def _entries(path: Path, problems: list[Problem]) -> Mapping[str, EnvironmentPins]:
    roots, complete = read_roots(path, problems)
    if not complete:
        return {}
    mark: Mark = (path.as_posix(), 1, 1)
    if len(roots) != 1 or not isinstance(roots[0].value, YamlMapping):
        what = f"{len(roots)} documents" if len(roots) != 1 else shown(roots[0].value)
        problems.append(Problem(Source(*mark), f"pins.yaml must be one mapping with environments, not {what}"))
        return {}
    file = validate(PinsFile, roots[0].value, mark, "pins.yaml", problems)
    return file.environments if file else {}


def _credentials(directory: Path) -> Iterator[str]:
    """The references that any environment in the folder signs in with, valid or not, in one spelling."""
    for path in environment_files(directory).values():
        for root in read_roots(path, [])[0]:
            credentials = _inner(_inner(root.value, "tenant"), "credentials")
            for value in credentials.values() if isinstance(credentials, dict) else ():
                if isinstance(value, str) and is_reference(value):
                    yield canonical(value, path.parent)


def _variables_of_commands(entry: EnvironmentPins) -> Iterator[str]:
    """Variables with which programs sign in: no definition may use them as secrets."""
    for command in entry.commands.values():
        yield from command.variables


def _inner(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
