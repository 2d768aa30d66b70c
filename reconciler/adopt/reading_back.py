"""Reads a document back with the loader before it is written, to check that it means what was intended."""

from __future__ import annotations

from reconciler.adopt.draft import Draft
from reconciler.adopt.text import documents_text
from reconciler.definitions.documents import documents_of
from reconciler.definitions.errors import Problem
from reconciler.definitions.expand import expand
from reconciler.definitions.variables import Variables
from reconciler.definitions.yaml_text import YamlText


def load_problem(draft: Draft) -> str:
    """Why the loader would reject the document, or read it differently; empty if it reads back the same."""
    problems: list[Problem] = []
    documents, _ = documents_of(YamlText(documents_text([draft]), draft.name), problems)
    for document in documents:
        spec = Variables({}, "", problems).fill(document.spec, document.spec_mark)
        expand(document, spec, problems)
    if problems:
        return "; ".join(problem.message for problem in problems)
    specs = [{name: document.spec.get(name) for name in draft.spec} for document in documents]
    return "" if specs == [draft.spec] else "its YAML would be read back with other values"
