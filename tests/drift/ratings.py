"""Findings to rate, and the objects around them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.drift.findings import Finding, Verdict
from reconciler.drift.severity import EmptyView
from reconciler.kinds.risks import KnownObject


def changed(kind, field, expected, actual, verdict=Verdict.CHANGED):
    return Finding(verdict, kind, "one", "One", field=field, expected=expected, applied=expected, actual=actual)


def whole(verdict, kind):
    return Finding(verdict, kind, "one", "One")


class Known(EmptyView):
    """A view in which these objects are known; `spec` is that of the object of the finding."""

    def __init__(self, spec=None, item=None, name="one", others=None, keeping_out=()):
        self.object = KnownObject(name, spec or {}, item or {}, declared=True)
        self.others = others or {}
        self.keeping_out = keeping_out

    def about(self, finding):
        return self.object

    def named(self, kind, name):
        return self.others.get((kind, name))

    def restricts(self, kind, name):
        return (kind, name) in self.keeping_out


def beyond_of(kind, path, expected, actual):
    """A finding on an object that Okta created."""
    return replace(changed(kind, path, expected, actual, Verdict.BEYOND), name="")


def cases(table):
    """The rule, a finding, and the view that the rule needs."""
    return [
        pytest.param(rule, *(one if isinstance(one, tuple) else (one, EmptyView())), id=f"{rule}-{number}")
        for rule, all_of in table.items()
        for number, one in enumerate(all_of)
    ]
