"""What is to be written, read as the loader reads it: nothing may come of it but what was meant."""

from __future__ import annotations

from reconciler.adopt.draft import Draft
from reconciler.adopt.text import documents_text
from reconciler.definitions.documents import documents_of
from reconciler.definitions.errors import Problem
from reconciler.definitions.expand import expand
from reconciler.definitions.variables import Variables
from reconciler.definitions.yaml_text import YamlText


def misread(draft: Draft) -> str:
    """What the loader has against a document as it would be written; empty if it reads what is meant."""
    problems: list[Problem] = []
    documents, _ = documents_of(YamlText(documents_text([draft]), draft.name), problems)
    for document in documents:
        spec = Variables({}, "", problems).fill(document.spec, document.spec_mark)
        expand(document, spec, problems)
    if problems:
        return "; ".join(problem.message for problem in problems)
    said = [{name: document.spec.get(name) for name in draft.spec} for document in documents]
    return "" if said == [draft.spec] else "it would be read as something else"
