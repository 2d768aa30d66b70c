"""`reconciler scopes`: the least scopes and the least admin role for one command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from textwrap import wrap
from typing import Final

import click

from reconciler.cli.columns import aligned
from reconciler.cli.formats import format_option
from reconciler.cli.loading import loaded
from reconciler.cli.messages import show
from reconciler.cli.settings import Settings, pass_settings
from reconciler.definitions.yaml_write import entry
from reconciler.kinds import Kind
from reconciler.kinds.admin_permissions import RESOURCES, ROLE, AdminRole, admin_role, grant
from reconciler.least_privilege import COMMANDS, Needs, needs, used_for
from reconciler.printable import printable, printable_json

_WIDTH: Final = 120
_IF_REFUSED: Final = "If it is not enough, Okta answers with 403, and the command says so."


@dataclass(frozen=True, slots=True)
class LeastPrivilege:
    """What a service app needs to run one command."""

    command: str
    environment: str
    """Empty for all kinds."""
    in_use: tuple[Kind, ...] | None
    """The kinds that the environment declares; None for all kinds."""
    needs: Needs
    role: AdminRole


@click.command()
@click.argument("command", type=click.Choice([*COMMANDS]), metavar="COMMAND")
@click.argument("environment", required=False)
@format_option(
    "text",
    "json",
    "definition",
    description="Text, JSON, or a custom admin role and its resource set as definitions in YAML.",
)
@pass_settings
def scopes(settings: Settings, command: str, environment: str | None, form: str) -> None:
    """List the least OAuth scopes and the least admin role of a service app that runs COMMAND.

    COMMAND is preview, up, drift, repair, accept, adopt, coverage, rotate or doctor; other commands send no request to
    a tenant. With ENVIRONMENT, only the kinds that it declares count as being in use. Contacts no tenant.
    """
    forms: dict[str, Callable[[LeastPrivilege], str]] = {
        "text": as_text,
        "json": as_json,
        "definition": as_definition,
    }
    show(forms[form](least_privilege(settings, command, environment)))


def least_privilege(settings: Settings, command: str, environment: str | None) -> LeastPrivilege:
    """What a service app needs to run a command for an environment, or for all kinds."""
    desired = loaded(settings, environment) if environment else None
    found = needs(command, desired.kinds, desired.managed_kinds) if desired else needs(command)
    in_use = desired.kinds if desired else None
    return LeastPrivilege(command, environment or "", in_use, found, admin_role(found.needed))


def as_text(least: LeastPrivilege) -> str:
    """The scopes, one a line, each with what it is for; then the admin role."""
    return "".join(f"{line}\n" for line in _lines(least))


def as_json(least: LeastPrivilege) -> str:
    """All details."""
    document = {
        "command": least.command,
        "environment": least.environment or None,
        "kinds": None if least.in_use is None else [kind.name for kind in least.in_use],
        "needed": [_document(scope, least.in_use) for scope in least.needs.needed],
        "useful": [_document(scope, None) for scope in least.needs.useful],
        "admin_role": asdict(least.role),
    }
    return printable_json(document)


def _document(scope: str, in_use: Iterable[Kind] | None) -> dict[str, object]:
    return {"scope": scope, "admin_role": asdict(grant(scope)), "used_for": used_for(scope, in_use)}


def as_definition(least: LeastPrivilege) -> str:
    """The custom admin role and its resource set in YAML, with comments on what they cannot express."""
    role, name = least.role, f"reconciler-{least.command}"
    comments = [f"The least admin role of a service app that runs `{_called(least)}`.", *_in_comments(role)]
    if not role.permissions:
        comments.append("There is no custom admin role to declare.")
    lines = [f"# {line}" for comment in comments for line in wrap(comment, _WIDTH - 2)]
    label = f"Reconciler {least.command}" + (f" ({least.environment})" if least.environment else "")
    purpose = f"Lets a service app run `reconciler {least.command}`."
    specs = {ROLE: ("permissions", role.permissions), RESOURCES: ("resources", role.resources)}
    for kind, (field, values) in specs.items() if role.permissions else ():
        spec = {"label": label, "description": purpose, field: [*values]}
        document = {"kind": kind, "name": name, "owner": "identity", "purpose": purpose, "spec": spec}
        lines += ["---", *(entry(key, value, 0) for key, value in document.items())]
    if role.permissions:
        lines += [
            "  # bindings:",
            f"  #   - role: {name}",
            "  #     members: [oidc-app NAME]  # the service app, as it is declared",
        ]
    return "".join(f"{line}\n" for line in lines)


def _lines(least: LeastPrivilege) -> Iterator[str]:
    yield f"Scopes that `{_called(least)}` needs, each with its admin role"
    yield from _listed(least.needs.needed, least.in_use)
    if least.needs.useful:
        yield ""
        yield "Scopes without which it works, and says what it could not see"
        yield from _listed(least.needs.useful, None)
    yield ""
    yield "Least admin role for the needed scopes"
    for sentence in _in_text(least.role):
        yield from wrap(sentence, _WIDTH, initial_indent="  ", subsequent_indent="    ")


def _called(least: LeastPrivilege) -> str:
    return printable(f"reconciler {least.command} {least.environment}".rstrip())


def _listed(names: Iterable[str], in_use: Iterable[Kind] | None) -> Iterator[str]:
    rows = []
    for scope in names:
        given, found = grant(scope), used_for(scope, in_use)
        shown = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        rows.append((scope, given.name + ("" if given.documented else " (assumed)"), shown))
    yield from (f"  {line}" for line in aligned(rows))


def _in_text(role: AdminRole) -> Iterator[str]:
    """The admin role in sentences, below the list of the scopes."""
    if role.permissions:
        yield f"A custom role with {', '.join(role.permissions)} for a resource set with {', '.join(role.resources)}."
    yield from _without_path(role)
    if role.standard:
        yield f"The standard role {role.standard}, for scopes without a permission."
    if any(not grant(scope).documented for scope in role.because):
        yield f"Assumed: Okta does not document the role. {_IF_REFUSED}"


def _in_comments(role: AdminRole) -> Iterator[str]:
    """What of the admin role definitions do not state, in sentences."""
    yield from _without_path(role)
    if role.standard:
        yield f"The standard role {role.standard}: Okta has no permission for {', '.join(role.because)}."
    if assumed := [scope for scope in role.because if not grant(scope).documented]:
        yield f"Okta does not document the role for {', '.join(assumed)}: it is assumed. {_IF_REFUSED}"


def _without_path(role: AdminRole) -> Iterator[str]:
    if role.without_path:
        yield (
            f"A custom role with {', '.join(role.without_path)}. Make it in the Admin Console: its resources have no "
            "path, only an ORN with the id of the tenant, which definitions cannot state."
        )
