"""A definitions folder that is being edited: its documents, and the environment's own file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from reconciler.accept.yaml_values import with_entry
from reconciler.definitions.documents import Document, read_documents
from reconciler.definitions.edit import CannotEdit, revised, same, without_document
from reconciler.definitions.files import document_files, environment_files, import_files, is_read, read_text
from reconciler.definitions.model import Address, Source
from reconciler.definitions.patches import merged
from reconciler.definitions.positions import Mark, YamlMapping
from reconciler.definitions.shared_variables import read_variables, with_shared
from reconciler.definitions.variables import Variables
from reconciler.definitions.yaml_text import Root, YamlText
from reconciler.kinds.mapping import schema

_ENVELOPE: Final = ("kind", "name", "owner", "purpose", "previously", "environments", "spec")


class Folder:
    """The current files of a folder, as one environment has them."""

    def __init__(self, directory: Path, environment: str) -> None:
        self.directory = directory
        self.environment = environment

    @property
    def names(self) -> tuple[str, ...]:
        """All environments."""
        return tuple(environment_files(self.directory))

    def document(self, address: Address) -> Document:
        """The document with this address that the environment has. Raises `CannotEdit` if it is made by `foreach`."""
        for document in self._documents():
            if document.address == address and document.is_in(self.environment):
                if document.is_from_template:
                    raise _made_by_foreach(document)
                return document
        raise CannotEdit(f"no document declares {address}")

    def others(self, document: Document) -> list[str]:
        """The other environments that have a document."""
        names = environment_files(self.directory)
        return [name for name in names if name != self.environment and document.is_in(name)]

    def specs(self, document: Document) -> tuple[YamlMapping, YamlMapping]:
        """The spec of this environment: as written, and with its variables filled in."""
        raw = merged(document.spec, patch) if (patch := self.patch(document.address)) else document.spec
        own = self._root().value.get("variables", YamlMapping())
        variables = with_shared(read_variables(self.directory, []) or YamlMapping(), own)
        filled: YamlMapping = Variables(variables, self.environment, []).fill(raw, document.spec_mark)
        return raw, filled

    def patch(self, address: Address) -> YamlMapping | None:
        """The spec in this environment's patch of a document, if it has one."""
        patches = self._root().value.get("patches", ())
        return next((each["spec"] for each in patches if (each["kind"], each["name"]) == address), None)

    def set_field(self, document: Document, key: str, value: Any, *, in_patch: bool) -> str:
        """Set a field of a spec, in the document or in the environment's patch; returns the edited file."""
        order = [field.name for field in schema(document.kind.fields)]
        if not in_patch:
            spec = with_entry(document.spec, key, value, order)
            self._revise(document.mark, {**document.raw, "spec": spec})
            return document.mark[0]
        patch: Mapping[str, Any] = self.patch(document.address) or {}
        spec = with_entry(patch, key, _patch_value(document.spec.get(key), value), order)
        return self._set_patch(document.address, spec)

    def remove(self, document: Document) -> str:
        """Remove a document from this environment; returns a description of the edit."""
        address, others = document.address, self.others(document)
        if self.patch(address) is not None:
            self._set_patch(address, None)
        self._remove_import(address)
        if others:
            self._revise(document.mark, with_entry(document.raw, "environments", others, _ENVELOPE))
            return f"kept only for {', '.join(others)}"
        path, line = document.mark[:2]
        self._write(Path(path), without_document(read_text(Path(path)), line))
        return "removed"

    def append(self, name: str, text: str) -> str:
        """Append documents to a file of the folder; creates the file if it does not exist."""
        path = self.directory / name
        before = read_text(path).rstrip() + "\n---\n" if path.exists() else ""
        self._write(path, before + text)
        return path.as_posix()

    def _documents(self) -> Iterator[Document]:
        for path in document_files(self.directory, []):
            yield from _read(path, self.directory, path.read_bytes())

    def _root(self) -> Root:
        path = environment_files(self.directory)[self.environment]
        (root,) = YamlText(read_text(path), path.as_posix()).documents()
        return root

    def _set_patch(self, address: Address, spec: Mapping[str, Any] | None) -> str:
        root = self._root()
        patches = [dict(each) for each in root.value.get("patches", ())]
        existing = [each for each in patches if (each["kind"], each["name"]) == address]
        if spec is None:
            patches = [each for each in patches if each not in existing]
        elif existing:
            existing[0]["spec"] = spec
        else:
            patches.append({"kind": address.kind, "name": address.name, "spec": spec})
        self._revise(root.mark, {**root.value, "patches": patches})
        return root.mark[0]

    def _remove_import(self, address: Address) -> None:
        path = import_files(self.directory).get(self.environment)
        if path is None:
            return
        for root in YamlText(read_text(path), path.as_posix()).documents():
            names = root.value.get(address.kind, {})
            if address.name in names:
                remaining = {name: identity for name, identity in names.items() if name != address.name}
                self._revise(root.mark, {**root.value, address.kind: remaining})
                return

    def _revise(self, mark: Mark, wanted: Mapping[str, Any]) -> None:
        path, line = mark[:2]
        self._write(Path(path), revised(read_text(Path(path)), line, wanted))

    @staticmethod
    def _write(path: Path, text: str) -> None:
        bom = "\ufeff" if path.exists() and path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((bom + text).encode())


@lru_cache(maxsize=256)
def _read(path: Path, directory: Path, content: bytes) -> tuple[Document, ...]:
    """The documents of a file; cached by its content."""
    return tuple(read_documents(path, [], directory)[0])


def _made_by_foreach(document: Document) -> CannotEdit:
    source = Source(*document.mark)
    return CannotEdit(
        f"{document.address} is made by foreach at {source}: an edit would change the objects of all items",
        hint="edit the template or the item by hand, or restore the object with reconciler repair",
    )


def _patch_value(base: Any, wanted: Any) -> Any:
    """The value that a patch needs so that, merged into the document's value (`base`), it gives the wanted one."""
    if not (isinstance(base, Mapping) and isinstance(wanted, Mapping)):
        return wanted
    return {
        key: _patch_value(base.get(key), value)
        for key, value in wanted.items()
        if key not in base or not same(base[key], value)
    }


def replaced(value: Any, path: Sequence[str | int], new: Any) -> Any:
    """The value, with a new one at a path inside it."""
    if not path:
        return new
    step, *rest = path
    if isinstance(value, list) and isinstance(step, int):
        return [*value[:step], replaced(value[step], rest, new), *value[step + 1 :]]
    return {**value, step: replaced(value[step], rest, new)}


def changed_texts(folder: Path, edited: Path) -> dict[Path, tuple[str, str]]:
    """The files of a folder that differ in an edited copy: the text before, and after."""
    before, after = texts_of(folder), texts_of(edited)
    return {
        folder / path: (before.get(path, b"").decode(), after.get(path, b"").decode())
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    }


def texts_of(folder: Path) -> dict[Path, bytes]:
    """The files that definitions are read from. Links are not included; files in the folder that they point to are."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and is_read(path))
    return {path.relative_to(folder): path.read_bytes() for path in files if ".git" not in path.parts}
