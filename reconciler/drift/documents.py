"""The parts that documents about findings and about plans share, with their JSON Schema."""

from __future__ import annotations

from typing import Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field

from reconciler.definitions.model import Source
from reconciler.drift.findings import Difference
from reconciler.kinds.risks import Rule, Severity

SeverityWord = Literal["critical", "high", "medium", "low", "info"]


def severity_word(severity: Severity) -> SeverityWord:
    """The word for a severity, with its type."""
    return cast(SeverityWord, severity.word)


class Document(BaseModel):
    """A part of a published document; the docstrings are the descriptions in its schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SourceDocument(Document):
    """A location in the definitions; lines and columns count from 1."""

    file: str
    line: int = Field(ge=1)
    column: int = Field(ge=1)

    @classmethod
    def of(cls, source: Source) -> Self:
        """The document of a location."""
        return cls(file=source.file, line=source.line, column=source.column)


class DifferenceDocument(Document):
    """A value inside a field that differs; null on a side that lacks it."""

    path: str
    expected: Any
    actual: Any

    @classmethod
    def of(cls, difference: Difference) -> Self:
        """The document of a difference."""
        return cls(path=difference.path, expected=difference.expected, actual=difference.actual)


class RuleDocument(Document):
    """A severity rule that applies to at least one finding."""

    id: str
    """The id of the rule, the same in every report."""
    severity: SeverityWord
    """The severity of findings to which the rule applies."""
    meaning: str
    """The meaning of the rule."""

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """The document of a rule."""
        return cls(id=rule.id, severity=severity_word(rule.severity), meaning=rule.meaning)
