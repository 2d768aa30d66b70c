"""From a definitions folder to the desired state of each environment."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.definitions.documents import LOGICAL_NAME, Document, read_documents
from reconciler.definitions.environments import Overlay, read_environment
from reconciler.definitions.errors import DefinitionsError, Problem, did_you_mean
from reconciler.definitions.expand import expand
from reconciler.definitions.files import (
    ENVIRONMENTS,
    document_files,
    environment_files,
    import_files,
    outward_links,
    sibling_files,
)
from reconciler.definitions.ignore import of_environment, read_ignores
from reconciler.definitions.imports import Import, checked, read_imports
from reconciler.definitions.model import Address, Declaration, Desired, Environment, Ignore, Source
from reconciler.definitions.order import in_creation_order
from reconciler.definitions.patches import merged, patches_by_document
from reconciler.definitions.pins import read_pins, refused_secrets
from reconciler.definitions.references import unresolved
from reconciler.definitions.shared_variables import read_variables, with_shared
from reconciler.definitions.transaction import undo_interrupted_write
from reconciler.definitions.uniqueness import clashes, documents_by_address
from reconciler.definitions.variables import Variables
from reconciler.kinds import kind_named, kinds
from reconciler.kinds.fields import as_json_text
from reconciler.printable import printable
from reconciler.watched import can_be_sensitive


def load(directory: Path, environment: str, policy: Path | None = None) -> Desired:
    """The desired state of one environment. Raises `DefinitionsError` with all problems of it and of the documents.

    `policy` is the folder with `pins.yaml`; by default the definitions.
    """
    folder = _Folder(directory, policy)
    return folder.only({environment: folder.environment(environment)})[environment]


def load_all(directory: Path, policy: Path | None = None) -> dict[str, Desired]:
    """The desired state of each environment, by name. Raises `DefinitionsError` with the problems of all of them."""
    folder = _Folder(directory, policy)
    return folder.only({name: folder.environment(name) for name in folder.environments})


def environment_names(directory: Path) -> tuple[str, ...]:
    """The names of all environments."""
    undo_interrupted_write(directory)
    return tuple(environment_files(directory))


class _Folder:
    """A definitions folder that has been read."""

    def __init__(self, directory: Path, policy: Path | None) -> None:
        undo_interrupted_write(directory)
        self.problems: list[Problem] = list(outward_links(directory))
        if self.problems:
            raise DefinitionsError(self.problems)
        self.environments = environment_files(directory)
        self._directory = directory
        self._documents: list[Document] = []
        self._complete = True
        if not self.environments:
            raise DefinitionsError([_no_environments(directory)])
        self.problems += [*sibling_files(directory), *_invalid_names(self.environments)]
        for path in document_files(directory, self.problems):
            documents, complete = read_documents(path, self.problems, directory)
            self._documents += documents
            self._complete = self._complete and complete
        self._check_environments_of_documents()
        self._variables = read_variables(directory, self.problems)
        self._imports = self._read_imports()
        self._ignores = read_ignores(directory, self.environments, self.problems)
        self._pins = read_pins(directory, policy or directory, self.problems)

    def only(self, wanted: dict[str, Desired | None]) -> dict[str, Desired]:
        """The environments asked for. Raises `DefinitionsError` if there is a problem."""
        if self.problems:
            raise DefinitionsError(self.problems)
        return {name: desired for name, desired in wanted.items() if desired}

    def environment(self, name: str) -> Desired | None:
        """The desired state of an environment; None if it has problems."""
        path = self.environments.get(name)
        if path is None:
            here = Source((self._directory / ENVIRONMENTS / f"{name}.yaml").as_posix(), 1, 1)
            hint = did_you_mean(name, self.environments)
            self.problems.append(Problem(here, f"unknown environment {name}", hint))
            return None
        overlay = read_environment(name, path, self.problems)
        if overlay is None or self._variables is None:
            return None
        self._check_promotion(overlay.environment)
        environment = self._pins.checked(overlay.environment, self.problems)
        variables = with_shared(self._variables, environment.variables)
        return self._desired(replace(overlay, environment=replace(environment, variables=variables)))

    def _desired(self, overlay: Overlay) -> Desired | None:
        name = overlay.environment.name
        before = len(self.problems)
        variables = Variables(overlay.environment.variables, name, self.problems)
        here = documents_by_address((one for one in self._documents if one.is_in(name)), self.problems)
        elsewhere = [one for one in self._documents if not one.is_in(name)]
        declarations = self._declarations(overlay, here, elsewhere, variables)
        self.problems += refused_secrets(declarations, overlay.environment.pins)
        imports = self._imports.get(name, ())
        ignores: tuple[Ignore, ...] = ()
        if self._complete:
            imports = checked(imports, here, self.problems)
        self.problems += clashes(declarations, {one.address: one.identity for one in imports})
        if self._complete:
            known = here.keys() | {declaration.address for declaration in declarations}
            self.problems += unresolved(declarations, known, elsewhere, name)
            elsewhere_too = {document.address for document in elsewhere}
            ignores = of_environment(self._ignores, name, known | elsewhere_too, self.problems)
        self.problems[before:] = map(variables.traced, self.problems[before:])
        if self.problems:
            return None
        ordered = in_creation_order({declaration.address: declaration for declaration in declarations})
        self.problems += _undeclared_sensitive(overlay.environment, here)
        environment = replace(_with_imports(overlay.environment, imports), ignores=ignores)
        documents = digest_of_documents(self._documents, self._variables or {})
        return Desired(environment, ordered, digest(ordered.values()), documents)

    def _declarations(
        self, overlay: Overlay, here: dict[Address, Document], elsewhere: list[Document], variables: Variables
    ) -> list[Declaration]:
        patches = patches_by_document(overlay.patches, here, elsewhere, overlay.environment.name, self.problems)
        declarations: list[Declaration] = []
        for address, document in here.items():
            patch = patches.get(address)
            before = len(self.problems)
            spec = merged(document.spec, patch.spec) if patch else document.spec
            spec = variables.fill(spec, document.spec_mark)
            if len(self.problems) == before:
                declarations += expand(document, spec, self.problems)
        return declarations

    def _check_promotion(self, environment: Environment) -> None:
        if not (promotion := environment.promotion):
            return
        where, others = (
            environment.where("promotion.after"),
            [one for one in self.environments if one != environment.name],
        )
        if promotion.after == environment.name:
            self.problems.append(
                Problem(where, f"{promotion.after} cannot come after itself", "name another environment")
            )
        elif promotion.after not in others:
            hint = did_you_mean(promotion.after, others)
            self.problems.append(Problem(where, f"unknown environment {promotion.after}", hint))

    def _read_imports(self) -> dict[str, tuple[Import, ...]]:
        imports: dict[str, tuple[Import, ...]] = {}
        for name, path in import_files(self._directory).items():
            if name not in self.environments:
                hint = did_you_mean(name, self.environments)
                self.problems.append(Problem(Source(path.as_posix(), 1, 1), f"unknown environment {name}", hint))
            imports[name] = read_imports(path, self.problems)
        return imports

    def _check_environments_of_documents(self) -> None:
        for document in self._documents:
            for name in document.envelope.environments or ():
                if name not in self.environments:
                    hint = did_you_mean(name, self.environments)
                    self.problems.append(Problem(document.source("environments"), f"unknown environment {name}", hint))


def _undeclared_sensitive(environment: Environment, here: Collection[Address]) -> Iterator[Problem]:
    """A problem for each object that is marked as sensitive and not declared in the environment, or of another kind."""
    for address in environment.sensitive:
        if not can_be_sensitive(kind_named(address.kind)):
            known = sorted(kind.name for kind in kinds() if can_be_sensitive(kind))
            where = environment.where(f"sensitive.{address.kind}.{address.name}")
            yield Problem(where, f"{address} cannot be marked as sensitive", f"mark an object of {', '.join(known)}")
            continue
        if address not in here:
            where = environment.where(f"sensitive.{address.kind}.{address.name}")
            hint = did_you_mean(address.name, [known.name for known in here if known.kind == address.kind])
            yield Problem(where, f"{address} is not declared in {environment.name}", hint)


def _with_imports(environment: Environment, imports: Iterable[Import]) -> Environment:
    places = {f"imports.{one.address.kind}.{one.address.name}": one.source for one in imports}
    return replace(
        environment,
        imports={one.address: one.identity for one in imports},
        sources={**environment.sources, **places},
    )


def _invalid_names(environments: Mapping[str, Path]) -> Iterator[Problem]:
    """Problems for environment names that are invalid in documents or as a stack name."""
    for name, path in environments.items():
        if not re.fullmatch(LOGICAL_NAME, name):
            message = f"invalid environment name {printable(name)}"
            yield Problem(Source(path.as_posix(), 1, 1), message, "use a-z, 0-9, dots, dashes and underscores")


def _no_environments(directory: Path) -> Problem:
    folder = directory / ENVIRONMENTS
    if not directory.is_dir():
        return Problem(Source(directory.as_posix(), 1, 1), "no such folder", "pass --definitions FOLDER")
    hint = f"create a file such as {folder / 'staging.yaml'}"
    return Problem(Source(folder.as_posix(), 1, 1), "no environments found", hint)


def digest(declarations: Iterable[Declaration]) -> str:
    """SHA-256 over addresses and specs: equal digests mean the same objects, in whatever files they are declared."""
    wanted = sorted(
        (*declaration.address, as_json_text(declaration.spec), *(["protect"] if declaration.protected else ()))
        for declaration in declarations
    )
    return hashlib.sha256(as_json_text(wanted).encode()).hexdigest()


def digest_of_documents(documents: Iterable[Document], shared: Mapping[str, Any]) -> str:
    """SHA-256 over what the documents declare, before variables and patches are applied, and over `shared` variables:
    comparable between environments. Owners and purposes do not count, since they do not reach a tenant."""
    members = ("kind", "name", "previously", "environments", "spec")
    texts = sorted(
        json.dumps({member: document.raw.get(member) for member in members}, sort_keys=True, default=str)
        for document in documents
    )
    if shared:
        texts.append(json.dumps({"variables": shared}, sort_keys=True))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
