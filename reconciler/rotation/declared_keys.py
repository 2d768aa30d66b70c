"""The public keys in the definition of an app: edits of them, checked before they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.accept.folder import Folder, changed_texts
from reconciler.definitions import load_all
from reconciler.definitions.copying import copied
from reconciler.definitions.model import Declaration
from reconciler.definitions.transaction import write_all
from reconciler.kinds.mapping import schema
from reconciler.rotation.errors import CannotRotate
from reconciler.unified_diff import unified_diff

_Key = tuple[str, Any]


@dataclass(frozen=True)
class DeclaredKeys:
    """The public keys of one app, as one environment has them."""

    definitions: Path
    environment: str
    declaration: Declaration
    field: str
    """The field with the keys."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the keys."""
        return [str(one["kid"]) for one in self.declaration.spec[self.field]]

    def check(self) -> None:
        """Raise `ReconcilerError` if the keys cannot be edited in place: they are made by `foreach`, for example."""
        self._edited(lambda keys: keys)

    def add(self, public_key: Mapping[str, str]) -> str:
        """Add a key to the definition. Returns the diff. Raises `CannotRotate`."""
        key = {name: public_key[name] for name in self._members if name in public_key}
        return self._edited(lambda keys: [*keys, (key["kid"], key)])

    def remove(self, kid: str) -> str:
        """Remove a key from the definition. Returns the diff. Raises `CannotRotate`."""
        return self._edited(lambda keys: [(one, written) for one, written in keys if one != kid])

    @property
    def _members(self) -> Sequence[str]:
        """The members of a key that definitions state."""
        (field,) = (one for one in schema(self.declaration.kind.fields) if one.name == self.field)
        assert field.part is not None
        return [one.name for one in schema(field.part)]

    def _edited(self, change: Callable[[Sequence[_Key]], Sequence[_Key]]) -> str:
        """Change the keys, each with its id and as it is written, and write the files."""
        before = load_all(self.definitions)
        with copied(self.definitions) as copy:
            folder = Folder(copy, self.environment)
            document = folder.document(self.declaration.address)
            raw, filled = folder.specs(document)
            if not isinstance(raw.get(self.field), Sequence) or isinstance(raw[self.field], str):
                raise CannotRotate(f"{self.field} is part of a variable", "edit the definition by hand")
            keys = [
                (str(one["kid"]), written) for one, written in zip(filled[self.field], raw[self.field], strict=True)
            ]
            wanted = [written for _, written in change(keys)]
            patched = self.field in (folder.patch(document.address) or {}) or bool(folder.others(document))
            folder.set_field(document, self.field, wanted, in_patch=patched)
            after = load_all(copy, self.definitions)
            others = [name for name in after if name != self.environment and after[name].digest != before[name].digest]
            if others:
                raise CannotRotate(f"the edit would change {', '.join(others)} too", "edit the definitions by hand")
            texts = changed_texts(self.definitions, copy)
        if texts:
            edited = {path.relative_to(self.definitions).as_posix(): text for path, (_, text) in texts.items()}
            write_all(self.definitions, edited)
        return unified_diff({path.as_posix(): one for path, one in texts.items()})
