"""Documents: one object each, in an envelope with its kind, name, owner and purpose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from reconciler.definitions.errors import Problem, did_you_mean, one_of
from reconciler.definitions.explanations import shown
from reconciler.definitions.files import UnreadablePath, read_text
from reconciler.definitions.foreach import expanded
from reconciler.definitions.model import Address, Source
from reconciler.definitions.positions import Mark, YamlMapping
from reconciler.definitions.validation import validate
from reconciler.definitions.yaml_text import YamlText
from reconciler.kinds import Kind, Part, kind_named, kinds
from reconciler.kinds.fields import Bool

LOGICAL_NAME = r"^[a-z0-9][a-z0-9._-]*$"
LogicalName = Annotated[str, StringConstraints(pattern=LOGICAL_NAME, max_length=100)]
"""Name of an object in definitions: lowercase letters, digits, `.`, `_` and `-`."""
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[LogicalName, ...], Field(min_length=1)]
OneOrMore = Annotated[Names, BeforeValidator(_as_list, json_schema_input_type=LogicalName | Names)]
"""A name, or a list of them."""


class Envelope(Part):
    """The fields of every document."""

    kind: str
    """Kind of the object."""
    name: LogicalName
    """Name that other definitions refer to, the same in every environment."""
    owner: Sentence
    """Team that is responsible for the object."""
    purpose: Sentence
    """Purpose of the object, in one sentence."""
    spec: dict[str, Any]
    """Fields of the kind."""
    previously: OneOrMore = ()
    """Earlier names of the object. Without them, a renamed object is deleted and created."""
    environments: OneOrMore | None = None
    """Environments that have the object. Left out: all."""
    protect: Bool = False
    """Whether `up` refuses to delete, replace or release the object, even if the document is removed. To lift the
    protection, apply `protect: false` first."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it was read, before variables and patches are applied."""

    envelope: Envelope
    kind: Kind
    raw: YamlMapping
    mark: Mark

    @property
    def address(self) -> Address:
        """Kind and name."""
        return Address(self.kind.name, self.envelope.name)

    @property
    def spec(self) -> YamlMapping:
        """The spec as it was read."""
        spec: YamlMapping = self.raw["spec"]
        return spec

    @property
    def spec_mark(self) -> Mark:
        """Location of the key `spec`."""
        return self.raw.keys_at["spec"]

    @property
    def is_from_template(self) -> bool:
        """Whether it was made for an item of a `foreach`: its text in the file is that of all items."""
        return len(self.mark) > 3

    def source(self, key: str) -> Source:
        """Location of a value of the envelope."""
        return Source(*self.raw.values_at.get(key, self.mark))

    def is_in(self, environment: str) -> bool:
        """Whether the environment has the object."""
        return self.envelope.environments is None or environment in self.envelope.environments


def read_documents(path: Path, problems: list[Problem], directory: Path | None = None) -> tuple[list[Document], bool]:
    """The valid documents of a file, and whether the file has no invalid ones: see `documents_of`."""
    try:
        return documents_of(YamlText(read_text(path), path.as_posix()), problems, directory)
    except UnreadablePath as error:
        problems.append(error.problem)
        return [], False


def documents_of(text: YamlText, problems: list[Problem], directory: Path | None = None) -> tuple[list[Document], bool]:
    """The valid documents of a text, and whether the text has no invalid ones.

    CSV files that the documents name must be below `directory`; without it, below the folder of the text.
    """
    complete, sound = True, []
    for root in text.documents():
        roots = expanded(root, directory, problems)
        found = [_document(one.value, one.mark, problems) for one in roots or ()]
        sound += [document for document in found if document]
        complete = complete and roots is not None and all(found)
    problems += text.problems
    return sound, text.complete and complete


def _document(raw: Any, mark: Mark, problems: list[Problem]) -> Document | None:
    if not isinstance(raw, YamlMapping):
        message = f"a document is a mapping with kind, name, owner, purpose and spec, not {shown(raw)}"
        problems.append(Problem(Source(*mark), message))
        return None
    envelope = validate(Envelope, raw, mark, "the document", problems)
    kind = _kind(raw, problems)
    return Document(envelope, kind, raw, mark) if envelope and kind else None


def _kind(raw: YamlMapping, problems: list[Problem]) -> Kind | None:
    word = raw.get("kind")
    if not isinstance(word, str):
        return None
    source = Source(*raw.values_at["kind"])
    try:
        kind = kind_named(word)
    except KeyError:
        documented = [kind.name for kind in kinds() if not kind.parents]
        problems.append(Problem(source, f"unknown kind {word}", did_you_mean(word, documented)))
        return None
    if kind.parents:
        message = f"kind {word} has no documents"
        problems.append(Problem(source, message, f"declare it in the document of its {one_of(kind.parents)}"))
        return None
    return kind
