"""What an environment may use: the hosts that receive its credentials, and the references to secrets.

The limits come from `pins.yaml`. Nothing here opens a file or reads a variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.kinds.secret_references import is_in_store, may_name, parsed
from reconciler.loopback import LOOPBACK

_OKTA = re.compile(r"[a-z0-9-]+\.(okta(preview|-emea|-gov|-miltest)?\.com|okta\.mil)")
"""The hosts of tenants in Okta's own domains."""
_OF_TOOLS = re.compile(
    "(PULUMI|RECONCILER|GITHUB|ACTIONS|RUNNER|AWS|AZURE|ARM|GOOGLE|GCLOUD|CLOUDSDK|VAULT|BAO|MSI|IDENTITY|SSH|GIT)_.*"
    "|OP_(SERVICE_ACCOUNT_TOKEN|(CONNECT|SESSION)_.*)"
    "|GH_TOKEN|NETRC|PATH|HOME|([A-Z]+_PROXY|[a-z]+_proxy)"
)
"""The environment variables of the engine, the clouds, the stores of secrets, the CI system and the shell. No
definition may use them."""
_OF_PROVIDER = re.compile("OKTA_(API_.*|ACCESS_TOKEN|ORG_NAME|BASE_URL|HTTP_PROXY|CREDENTIAL)")
"""The environment variables of the Okta provider, and the one in which workflows pass the credentials of a tenant. Only
the credentials of an environment may refer to them."""
_BUCKETS = frozenset({"s3", "gs", "azblob", "file"})
_PULUMI_CLOUD = "api.pulumi.com"
_OF_SYSTEM = (Path("/proc"), Path("/sys"), Path("/dev"))
"""Folders with files that show processes and devices."""
_SECRETS_PAGE = "(docs/definitions.md, Secrets)"
_NO_SECRETS = "refer to a variable, a file or an entry that has only the secret of the app"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a host or a reference must not be used, and what is allowed."""

    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class PinnedCommand:
    """A program whose output is a secret: `exec:` references name it."""

    line: tuple[str, ...]
    """The program and its arguments. No shell is involved."""
    variables: tuple[str, ...] = ()
    """The environment variables that both programs get, besides the ordinary ones."""
    write: tuple[str, ...] = ()
    """The program that stores a new secret from its standard input, and its arguments; empty if there is none."""


@dataclass(frozen=True, slots=True)
class PinnedSecret:
    """References that the definitions of an environment may use."""

    pattern: str
    """A reference, with `*` and `?` as wildcards. The path of a file starts at the folder for files."""
    owner: str = ""
    """The owner of the secrets: only documents of this owner may use them. Empty: not stated."""


@dataclass(frozen=True, slots=True)
class Pins:
    """The limits of one environment."""

    file: str = ""
    """The file that states them, for messages; empty without one: then the defaults apply."""
    hosts: tuple[str, ...] | None = None
    """The hosts that may be the tenant. None: any tenant in Okta's own domains, and local tenants."""
    credentials: tuple[str, ...] | None = None
    """Patterns of references that may be the tenant's credentials. None: variables, except those of tools, and
    files."""
    secrets: tuple[PinnedSecret, ...] | None = None
    """References that definitions may use. None: variables and files, except variables of tools and credentials of
    tenants."""
    commands: Mapping[str, PinnedCommand] = field(default_factory=dict)
    """The programs that `exec:` references run, by name."""
    backends: tuple[str, ...] | None = None
    """The URLs at which the state of the environment before this one may be. None: Pulumi Cloud, folders, and buckets
    without options."""
    after: str = ""
    """The environment that has to take definitions first; empty if the environment's file alone decides."""
    approval: bool = True
    """Whether an `up` in CI needs the approval of a reviewer."""
    folders: tuple[Path, ...] = ()
    """The folders below which files of `file:` references must be."""
    reserved: frozenset[str] = frozenset()
    """Credentials of tenants (a reference, for a file with its real path), and patterns of them: never an app's
    secret."""

    def host_refused(self, url: str) -> Refusal | None:
        """Why the credentials must not be sent to this URL; None if they may."""
        host = urlsplit(url).hostname or ""
        if self.hosts is None:
            if host in LOOPBACK or _OKTA.fullmatch(host):
                return None
            return Refusal(
                f"{host} is not in one of Okta's domains",
                "for a custom domain, list the host in pins.yaml (docs/definitions.md, Pins)",
            )
        if host in self.hosts:
            return None
        return Refusal(f"{host} is not among the hosts in {self.file}", f"allowed: {', '.join(self.hosts) or 'none'}")

    def backend_refused(self, url: str) -> Refusal | None:
        """Why no state must be read at this URL, to which the credentials for states are sent; None if it may."""
        if self.backends is not None:
            if url in self.backends:
                return None
            allowed = ", ".join(self.backends) or "none"
            return Refusal(f"it is not among the backends in {self.file}", f"allowed: {allowed}")
        parts = urlsplit(url)
        plain = not parts.query and "@" not in parts.netloc
        if plain and (parts.scheme in _BUCKETS or (parts.scheme, parts.netloc) == ("https", _PULUMI_CLOUD)):
            return None
        return Refusal(
            "it is neither Pulumi Cloud, nor a folder or a bucket without options, and it gets credentials",
            "list the URL in pins.yaml, in backends (docs/definitions.md, Pins)",
        )

    def promotion_refused(self, after: str) -> Refusal | None:
        """Why an environment must not take definitions after this one, or after none; None if it may."""
        if not self.after or after == self.after:
            return None
        return Refusal(f"must be {self.after}, as {self.file} says", f"write `promotion: {{after: {self.after}}}`")

    def credential_refused(self, reference: str, folder: Path) -> Refusal | None:
        """Why credentials must not be this reference; `folder` is the one of the file that contains it."""
        if _is_variable(reference, _OF_TOOLS):
            return Refusal(f"{reference} is a variable of another tool", "choose another name for the secret")
        if refusal := self._file_refused(reference, folder):
            return refusal
        if refusal := self._store_refused(reference, "credentials", listed=self.credentials is not None):
            return refusal
        if self.credentials is None or self._matches(self.credentials, reference, folder):
            return None
        allowed = ", ".join(self.credentials) or "none"
        return Refusal(f"{reference} is not among the credentials in {self.file}", f"allowed: {allowed}")

    def secret_refused(self, reference: str, folder: Path) -> Refusal | None:
        """Why definitions must not use this reference; `folder` is the one of the file that contains it."""
        if _is_variable(reference, _OF_TOOLS) or _is_variable(reference, _OF_PROVIDER):
            return Refusal(f"{reference} is a variable of another tool, not the secret of an app", _NO_SECRETS)
        if refusal := self._file_refused(reference, folder):
            return refusal
        if self._is_reserved(reference, folder):
            return Refusal(f"{reference} holds credentials, not the secret of an app", _NO_SECRETS)
        if refusal := self._store_refused(reference, "secrets", listed=self.secrets is not None):
            return refusal
        if self.secrets is None or self._pinned(reference, folder):
            return None
        allowed = ", ".join(one.pattern for one in self.secrets) or "none"
        return Refusal(f"{reference} is not among the secrets in {self.file}", f"allowed: {allowed}")

    def write_refused(self, reference: str, folder: Path) -> Refusal | None:
        """Why no secret must be written where this reference points; None if one may be written there.

        Raises `ValueError` if this is no reference of its scheme.
        """
        one = parsed(reference)
        if not one.scheme.writable:
            return Refusal(f"{one.scheme.form} cannot be written", f"refer to a file or a store {_SECRETS_PAGE}")
        refusals = self.secret_refused(reference, folder), self.credential_refused(reference, folder)
        if None not in refusals:
            return Refusal("pins.yaml does not allow it for this environment", "see docs/definitions.md, Pins")
        if one.version:
            return Refusal("it names a version, and a version cannot be changed", "leave out the version")
        if one.scheme.name == "exec" and not self.commands[one.location].write:
            hint = f"add it, with a program that stores its standard input {_SECRETS_PAGE}"
            return Refusal(f"pins.yaml has no `write` for the command {one.location}", hint)
        return None

    def owner_of(self, reference: str, folder: Path) -> str | None:
        """The owner of a secret, as stated; empty if its entry states none; None if it has no entry."""
        pinned = self._pinned(reference, folder)
        return pinned.owner if pinned else None

    def _pinned(self, reference: str, folder: Path) -> PinnedSecret | None:
        return next((one for one in self.secrets or () if self._matches([one.pattern], reference, folder)), None)

    def _is_reserved(self, reference: str, folder: Path) -> bool:
        if is_in_store(reference):
            return any(may_name(pattern, parsed(reference)) for pattern in self.reserved)
        return canonical(reference, folder) in self.reserved or self._matches(self.reserved, reference, folder)

    def _matches(self, patterns: Iterable[str], reference: str, folder: Path) -> bool:
        spellings = [reference]
        if reference.startswith("file:"):
            real = Path(canonical(reference, folder)[5:])
            roots = [one.resolve() for one in self.folders]
            spellings = [
                f"file:{real}",
                *(f"file:{real.relative_to(one)}" for one in roots if real.is_relative_to(one)),
            ]
        return any(fnmatchcase(spelling, pattern) for spelling in spellings for pattern in patterns)

    def _store_refused(self, reference: str, pins: str, *, listed: bool) -> Refusal | None:
        """Why no store must be contacted, and no program run, unless the pins list what they are for."""
        if not is_in_store(reference):
            return None
        if not listed:
            where = self.file or "pins.yaml"
            return Refusal(
                f"{reference} is in a store, and {where} lists no {pins} for this environment",
                f"list it in {where}, in `{pins}` (docs/definitions.md, Pins)",
            )
        one = parsed(reference)
        if one.scheme.name == "exec" and one.location not in self.commands:
            known = ", ".join(sorted(self.commands)) or "none"
            return Refusal(f"{reference} names no command in {self.file}", f"commands of this environment: {known}")
        return None

    def _file_refused(self, reference: str, folder: Path) -> Refusal | None:
        if not reference.startswith("file:"):
            return None
        path = Path(canonical(reference, folder)[5:])
        if in_system_folder(path):
            return Refusal(f"{reference} is a file of the system", "refer to a file that contains only the secret")
        roots = [one.resolve() for one in self.folders]
        if not any(path.is_relative_to(one) for one in roots):
            listed = ", ".join(map(str, self.folders))
            return Refusal(f"{reference} is {path}, which is not below {listed}", "set `files` in pins.yaml")
        if path.exists() and not path.is_file():
            return Refusal(f"{reference} is not a regular file", "refer to a file that contains only the secret")
        return None


def canonical(reference: str, folder: Path) -> str:
    """The reference in one spelling: for a file, its real path, after all links."""
    if not reference.startswith("file:"):
        return reference
    try:
        return f"file:{(folder / reference[5:]).resolve()}"
    except (OSError, RuntimeError, ValueError):  # a link to itself, or no valid path
        return "file:/dev/null"


def in_system_folder(path: Path) -> bool:
    """Whether a real path shows processes or devices."""
    return any(path.is_relative_to(one) for one in _OF_SYSTEM)


def _is_variable(reference: str, names: re.Pattern[str]) -> bool:
    scheme, _, name = reference.partition(":")
    return scheme == "env" and bool(names.fullmatch(name))
