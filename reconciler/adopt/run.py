"""One run of an adoption: the tenant and the state are read, and the files of a definitions folder written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.adopt.account import page
from reconciler.adopt.adoption import Adoption, Selection, adoption
from reconciler.adopt.files import files_of, is_own, write
from reconciler.adopt.text import documents_text, dumped, imports_text
from reconciler.apply import Reconciler
from reconciler.definitions.files import ENVIRONMENTS, IMPORTS
from reconciler.definitions.model import Desired, Environment
from reconciler.okta import snapshot
from reconciler.okta.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was done."""

    adoption: Adoption
    files: tuple[str, ...]
    """The files that were written, below the folder."""
    requests: int
    """How many requests the reading cost."""

    @property
    def objects(self) -> int:
        """How many objects of the tenant the documents describe."""
        return sum(len(draft.objects) for draft in self.adoption.drafts)


def read(reconciler: Reconciler) -> Snapshot:
    """Everything in the tenant, with what anything owns: list calls only."""

    async def everything() -> Snapshot:
        async with reconciler.tenant.client(reconciler.progress) as client:
            return await snapshot.read(client, progress=reconciler.progress)

    reconciler.progress.say("reading the tenant")
    return asyncio.run(everything())


def adopt(
    reconciler: Reconciler,
    into: Path,
    environments: Sequence[str],
    selection: Selection | None = None,
    *,
    force: bool = False,
) -> Adopted:
    """Write documents and imports for what is not managed yet into a definitions folder.

    `environments` are those that the folder has. Without any, nothing is declared there: then all objects are adopted,
    and the environment itself is written too. Raises `NotOurs` rather than overwrite what somebody wrote.
    """
    environment = reconciler.desired.environment
    into_empty = not environments
    desired = Desired(replace(environment, imports={}), {}, "") if into_empty else reconciler.desired
    live = read(reconciler)
    reconciler.progress.say("reading the state")
    state = reconciler.stack.state()
    sources = {declaration.source.file for declaration in desired.declarations.values()}
    own_files = {file for file in sources if is_own(Path(file))}
    made = adoption(desired, state, live, own_files=own_files, selection=selection, into_empty=into_empty)
    others = [name for name in environments if name != environment.name]
    texts = texts_of(made, environment, others=bool(others), with_environment=into_empty)
    withdrawn = [Path(file).relative_to(into).as_posix() for file in made.withdrawn]
    write(into, texts, withdrawn, environment.name, force=force)
    return Adopted(made, tuple(texts), live.requests)


def texts_of(made: Adoption, environment: Environment, *, others: bool, with_environment: bool) -> dict[str, str]:
    """The texts of the files, by path; documents name the environment where there are `others`."""
    only = (environment.name,) if others else ()
    texts = {path: documents_text(drafts, only) for path, drafts in files_of(made.drafts, made.apart).items()}
    if made.imports:
        texts[f"{IMPORTS}/{environment.name}.yaml"] = imports_text(made.imports)
    texts[f"{IMPORTS}/{environment.name}-not-adopted.md"] = page(made.left, environment.name)
    if with_environment:
        texts[f"{ENVIRONMENTS}/{environment.name}.yaml"] = environment_text(environment)
    return texts


def environment_text(environment: Environment) -> str:
    """The environment's own file: its tenant, and where its credentials are."""
    names = ("token", "client_id", "private_key", "private_key_id")
    credentials = {name: getattr(environment.credentials, name) for name in names}
    given = {name: value for name, value in credentials.items() if value is not None}
    return dumped({"tenant": {"url": environment.url, "credentials": given}})
