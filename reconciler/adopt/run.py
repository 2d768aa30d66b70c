"""One run of an adoption: reads the tenant and the state, and writes the files of a definitions folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from reconciler.adopt.adoption import Adoption, Selection, adoption
from reconciler.adopt.dry_run import dry_run, loadable
from reconciler.adopt.files import beside_other_environments, files_of, is_own, refuse_to_overwrite, write
from reconciler.adopt.not_adopted import NotAdopted
from reconciler.adopt.summary import ids_not_adopted, page
from reconciler.adopt.text import documents_text, dumped, imports_text
from reconciler.definitions import environment_names
from reconciler.definitions.files import ENVIRONMENTS, IMPORTS
from reconciler.definitions.model import Desired, Environment
from reconciler.engine.state import State
from reconciler.kinds import Kind, kind_named
from reconciler.matching import Match, StateMatch
from reconciler.okta.snapshot import Snapshot
from reconciler.reconciler import Reconciler
from reconciler.watched import Watch


@dataclass(frozen=True, slots=True)
class Adopted:
    """The result of an adoption."""

    adoption: Adoption
    files: tuple[str, ...]
    """The files that were written, relative to the folder."""
    requests: int
    """How many requests it took to read the tenant."""

    @property
    def objects(self) -> int:
        """How many objects of the tenant the documents describe."""
        return sum(len(draft.objects) for draft in self.adoption.drafts)


def read(reconciler: Reconciler, watch: Watch | None = None) -> Snapshot:
    """Every object in the tenant, including owned objects, and what is to be `watch`ed. Uses only list requests."""
    reconciler.progress.say("reading the tenant")
    return reconciler.read(watch=watch)


def adopt(
    reconciler: Reconciler,
    into: Path,
    selection: Selection | None = None,
    *,
    redact: Callable[[tuple[NotAdopted, ...]], tuple[NotAdopted, ...]] = tuple,
    holds_secret: Callable[[Any], bool] = lambda value: False,
    force: bool = False,
) -> Adopted:
    """Write documents and imports for unmanaged objects into a definitions folder.

    In a folder without environments, all objects are adopted and the environment's own file is written too. `redact`
    removes secrets from the list of what is not adopted. Objects with values for which `holds_secret` is true are not
    adopted. Raises `FilesInTheWay` if files that adopt did not write would be overwritten, and `BreaksDefinitions` if
    the result would not load.
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
    redact: Callable[[tuple[NotAdopted, ...]], tuple[NotAdopted, ...]] = tuple,
    force: bool = False,
    holds_secret: Callable[[Any], bool] = lambda value: False,
) -> tuple[Adoption, tuple[str, ...]]:
    """Adopt the objects of a snapshot; returns what was adopted, and the files written, relative to the folder."""
    environment = desired.environment
    names = environment_names(into)
    if not names:
        desired = Desired(replace(environment, imports={}), {}, "")
    others = loadable(into, [name for name in names if name != environment.name])
    own_files = _own_files(desired, others.values())
    made = adoption(
        Match.of(StateMatch.of(desired, state), live),
        own_files=own_files,
        earlier=_not_adopted_earlier(into, environment.name),
        selection=selection,
        into_empty=not names,
        holds_secret=holds_secret,
    )
    made = replace(made, not_adopted=redact(made.not_adopted))
    shared = len(names) > 1
    texts = texts_of(made, environment, into, shared=shared, with_environment=not names)
    if not force:
        refuse_to_overwrite(into, texts, environment.name)
    obsolete = [Path(file).relative_to(into).as_posix() for file in made.rewritten]
    writing = partial(write, texts=texts, obsolete=obsolete, environment=environment.name)
    dry_run(writing, into, environment.name, others)
    writing(into)
    return made, tuple(texts)


def _own_files(desired: Desired, others: Iterable[Desired]) -> set[str]:
    """The files of earlier adoptions that were not edited and that no other environment uses."""
    elsewhere = {one.source.file for other in others for one in other.declarations.values()}
    here = {declaration.source.file for declaration in desired.declarations.values()}
    return {file for file in here - elsewhere if is_own(Path(file), desired.environment.name)}


def _not_adopted_earlier(into: Path, environment: str) -> frozenset[str]:
    """The ids of objects that earlier adoptions could not adopt; none if their page was edited."""
    path = into / _page_path(environment)
    return ids_not_adopted(path.read_text("utf-8")) if is_own(path, environment) else frozenset()


def _page_path(environment: str) -> str:
    return f"{IMPORTS}/{environment}-not-adopted.md"


def texts_of(
    made: Adoption, environment: Environment, into: Path, *, shared: bool, with_environment: bool
) -> dict[str, str]:
    """The texts of the files, by path. If other environments use the folder (`shared`), documents name this one."""
    only = (environment.name,) if shared else ()
    files = beside_other_environments(into, files_of(made.drafts, made.declared_kinds), environment.name)
    texts = {path: documents_text(drafts, only) for path, drafts in files.items()}
    if made.imports:
        texts[f"{IMPORTS}/{environment.name}.yaml"] = imports_text(made.imports)
    texts[_page_path(environment.name)] = page(made.not_adopted, environment.name, _adopted_kinds(made))
    if with_environment:
        texts[f"{ENVIRONMENTS}/{environment.name}.yaml"] = environment_text(environment)
    return texts


def _adopted_kinds(made: Adoption) -> set[Kind]:
    """The kinds of the adopted objects, and of the documents that were there before."""
    return {item.kind for draft in made.drafts for item in draft.objects} | set(map(kind_named, made.declared_kinds))


def environment_text(environment: Environment) -> str:
    """The environment's own file: its tenant, and references to its credentials."""
    names = ("token", "client_id", "private_key", "private_key_id")
    credentials = {name: getattr(environment.credentials, name) for name in names}
    given = {name: value for name, value in credentials.items() if value is not None}
    return dumped({"tenant": {"url": environment.url, "credentials": given}})
