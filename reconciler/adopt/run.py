"""One run of an adoption: the tenant and the state are read, and the files of a definitions folder written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from reconciler.adopt.account import ids_left_out, page
from reconciler.adopt.adoption import Adoption, Selection, adoption
from reconciler.adopt.files import beside_others, files_of, is_own, refuse_to_overwrite, write
from reconciler.adopt.left import LeftOut
from reconciler.adopt.rehearsal import loadable, rehearse
from reconciler.adopt.text import documents_text, dumped, imports_text
from reconciler.apply import Reconciler
from reconciler.definitions import environment_names
from reconciler.definitions.files import ENVIRONMENTS, IMPORTS
from reconciler.definitions.model import Desired, Environment
from reconciler.engine.state import State
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
    selection: Selection | None = None,
    *,
    redact: Callable[[tuple[LeftOut, ...]], tuple[LeftOut, ...]] = tuple,
    holds_secret: Callable[[Any], bool] = lambda value: False,
    force: bool = False,
) -> Adopted:
    """Write documents and imports for what is not managed yet into a definitions folder.

    A folder without environments declares nothing: then all objects are adopted, and the environment itself is written
    too. `redact` is for what the account says; what `holds_secret` finds a secret in is left out. Raises `NotOurs`
    rather than overwrite what somebody wrote, and `Spoils` rather than write what does not load.
    """
    live = read(reconciler)
    reconciler.progress.say("reading the state")
    state = reconciler.stack.state()
    made, files = adopt_into(into, reconciler.desired, state, live, selection, redact, force, holds_secret)
    return Adopted(made, files, live.requests)


def adopt_into(
    into: Path,
    desired: Desired,
    state: State,
    live: Snapshot,
    selection: Selection | None = None,
    redact: Callable[[tuple[LeftOut, ...]], tuple[LeftOut, ...]] = tuple,
    force: bool = False,
    holds_secret: Callable[[Any], bool] = lambda value: False,
) -> tuple[Adoption, tuple[str, ...]]:
    """Write what a snapshot holds; what was adopted, and the files that were written, below the folder."""
    environment = desired.environment
    names = environment_names(into)
    if not names:
        desired = Desired(replace(environment, imports={}), {}, "")
    others = loadable(into, [name for name in names if name != environment.name])
    own_files = _own_files(desired, others.values())
    made = adoption(
        desired,
        state,
        live,
        own_files=own_files,
        earlier=_left_out_earlier(into, environment.name),
        selection=selection,
        into_empty=not names,
        holds_secret=holds_secret,
    )
    made = replace(made, left=redact(made.left))
    shared = len(names) > 1
    texts = texts_of(made, environment, into, shared=shared, with_environment=not names)
    if not force:
        refuse_to_overwrite(into, texts, environment.name)
    withdrawn = [Path(file).relative_to(into).as_posix() for file in made.withdrawn]
    writing = partial(write, texts=texts, withdrawn=withdrawn, environment=environment.name)
    rehearse(writing, into, environment.name, others)
    writing(into)
    return made, tuple(texts)


def _own_files(desired: Desired, others: Iterable[Desired]) -> set[str]:
    """The files of earlier adoptions that nobody edited, and that hold for no other environment."""
    elsewhere = {one.source.file for other in others for one in other.declarations.values()}
    here = {declaration.source.file for declaration in desired.declarations.values()}
    return {file for file in here - elsewhere if is_own(Path(file), desired.environment.name)}


def _left_out_earlier(into: Path, environment: str) -> frozenset[str]:
    """The ids of what earlier adoptions could not put into words, as long as nobody edited their account."""
    path = into / _account_of(environment)
    return ids_left_out(path.read_text("utf-8")) if is_own(path, environment) else frozenset()


def _account_of(environment: str) -> str:
    return f"{IMPORTS}/{environment}-not-adopted.md"


def texts_of(
    made: Adoption, environment: Environment, into: Path, *, shared: bool, with_environment: bool
) -> dict[str, str]:
    """The texts of the files, by path; in a folder that is shared with others, documents name the environment."""
    only = (environment.name,) if shared else ()
    files = beside_others(into, files_of(made.drafts, made.apart), environment.name)
    texts = {path: documents_text(drafts, only) for path, drafts in files.items()}
    if made.imports:
        texts[f"{IMPORTS}/{environment.name}.yaml"] = imports_text(made.imports)
    texts[_account_of(environment.name)] = page(made.left, environment.name)
    if with_environment:
        texts[f"{ENVIRONMENTS}/{environment.name}.yaml"] = environment_text(environment)
    return texts


def environment_text(environment: Environment) -> str:
    """The environment's own file: its tenant, and where its credentials are."""
    names = ("token", "client_id", "private_key", "private_key_id")
    credentials = {name: getattr(environment.credentials, name) for name in names}
    given = {name: value for name, value in credentials.items() if value is not None}
    return dumped({"tenant": {"url": environment.url, "credentials": given}})
