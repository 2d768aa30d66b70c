"""Baselines: the values that definitions do not cover, as the tenant had them after the last `up`.

A baseline is compressed JSON without secrets, stored beside the stack's state: at a path, or at any URL that fsspec
supports (`s3://`, `gs://`). If it is missing or cannot be read, drift detection works without it and says so.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from reconciler import files
from reconciler.definitions.model import Environment
from reconciler.drift.baseline_values import (
    Baseline,
    baseline,
    carry_over,
    of_kinds,
    with_accepted,
    with_written,
    word_of_undeclared,
    words_of,
)
from reconciler.drift.findings import Finding
from reconciler.drift.unmanaged import kept_unmanaged, renewed
from reconciler.drift.watched_baseline import after_up
from reconciler.drift.watched_values import list_id
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.file_formats import BASELINE, NewerFormat
from reconciler.kinds import kind_named, kinds
from reconciler.okta.snapshot import Snapshot
from reconciler.okta.watching import Watched
from reconciler.watched import is_address

_RENEW = "run `reconciler up` to write a new one"


class _Kept(BaseModel):
    """The stored form: values by kind, id and path. A value is any JSON value except an object, whose members have
    paths of their own."""

    model_config = ConfigDict(strict=True)

    version: int
    objects: dict[str, dict[str, dict[str, str | bool | int | float | list[Any] | None]]]


@dataclass(frozen=True, slots=True)
class Baselines:
    """The baselines of all environments, in one folder."""

    folder: str
    """A path or a URL."""

    def save(
        self,
        environment: str,
        live: Snapshot,
        signing_in: Environment | None = None,
        declared: Collection[str] = (),
    ) -> None:
        """Write a new baseline from a snapshot. The app that is `signing_in` is stored whole.

        So are the objects without the ids of `declared` objects.

        A kind that could not be read completely is omitted; a kind without objects is stored as empty.
        """
        of_kinds = _without_gaps(baseline(live, signing_in), live)
        self._keep(environment, {**_known_kinds(live), **of_kinds, **kept_unmanaged(live, declared)})

    def renew(
        self,
        environment: str,
        kept: Baseline,
        live: Snapshot,
        made: Collection[tuple[str, str]],
        wrote: Mapping[tuple[str, str], Collection[str]] | None = None,
        empty: Collection[tuple[str, str]] = (),
        signing_in: Environment | None = None,
        touched: Collection[str] = (),
        declared: Collection[str] = (),
    ) -> None:
        """Add new objects to the baseline: those `made` by the run (kind and id), and those not `kept` before.

        For other objects, only the paths that the `up` `wrote` are renewed: a definition may omit these fields later.
        The lists of new objects need not be read if they are known to be `empty`.

        All other values stay as they were, so that drift is still found: only `accept` takes it over. This also holds
        for deleted objects, and for new objects that Okta made or that have no kind. What is watched besides, and
        belongs to objects that the run created or deleted (`touched`), is renewed.
        """
        own = {kind.name: kind for kind in kinds()}
        of_rows = after_up(kept, live.watched, touched)
        known = {
            **_known_kinds(live),
            **{word: items for word, items in kept.items() if not is_address(word)},
            **of_rows,
            **renewed(kept, live, declared, touched),
        }
        for kind, items in _without_gaps(of_kinds(live, signing_in), live, but=kept).items():
            before = {one: values for one, values in known.get(kind, {}).items() if (kind, one) not in made}
            now = {one: item for one, item in items.items() if one not in before}
            if kind not in own:  # cannot be declared
                is_known = kind in kept and kind in _NEW_IS_DRIFT
                for one in before.keys() & items.keys():
                    before[one] = with_written(before[one], items[one], (wrote or {}).get((kind, one), ()))
                known[kind] = before | {one: item for one, item in now.items() if (kind, one) in made or not is_known}
                continue
            for one in before.keys() & items.keys():
                paths = (wrote or {}).get((kind, one), ())
                now[one] = carry_over(with_written(before[one], items[one], paths), items[one], own[kind])
            known[kind] = before | now
        for kind, one in empty:
            for word in words_of(kind_named(kind)):
                known[word] = {one: {}, **known.get(word, {})}
        self._keep(environment, known)

    def accept(
        self, environment: str, findings: Iterable[Finding], live: Snapshot, signing_in: Environment | None = None
    ) -> None:
        """Record the current values of the tenant for these findings."""
        self._keep(environment, with_accepted(self.load(environment) or {}, live, findings, signing_in))

    def renew_list(self, environment: str, watched: Watched, owner: str) -> None:
        """Record a list of what is watched that this run changed, if the baseline has it. `owner` is the id of its
        owner."""
        (row,), kept = watched.rows, self.load(environment) or {}
        if list_id(owner) in kept.get(row.address, {}):
            self._keep(environment, {**kept, **after_up(kept, watched, {owner})})

    def _keep(self, environment: str, objects: Baseline) -> None:
        import fsspec

        content = gzip.compress(orjson.dumps({"version": BASELINE.version, "objects": objects}), mtime=0)
        try:
            filesystem, path = fsspec.core.url_to_fs(self._url(environment))
            if "file" in filesystem.protocol:
                files.write(Path(path), content)
                return
            filesystem.makedirs(filesystem._parent(path), exist_ok=True)
            with filesystem.transaction:  # a killed run leaves the earlier file
                filesystem.pipe_file(path, content)
        except (FileNotWritten, OSError, ImportError, ValueError) as error:
            raise ReconcilerError(
                f"the baseline cannot be written to {self._url(environment)}: {error}",
                hint="the tenant is as declared and the earlier baseline is unchanged; "
                "free some space or allow writing there, then run the same command again",
            ) from error

    def refuse_newer(self, environment: str) -> None:
        """Raise `NewerFormat` if a newer reconciler wrote the baseline: this one must not replace it."""
        try:
            self.load(environment)
        except NewerFormat:
            raise
        except ReconcilerError:
            return  # an `up` writes a new one

    def load(self, environment: str) -> Baseline | None:
        """The stored baseline; None if there is none. Raises `ReconcilerError` if it cannot be read, and `NewerFormat`
        if a newer reconciler wrote it."""
        import fsspec

        url = self._url(environment)
        try:
            filesystem, path = fsspec.core.url_to_fs(url)
            document = orjson.loads(gzip.decompress(filesystem.cat_file(path)))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ImportError, ValueError, zlib.error) as error:
            raise ReconcilerError(f"the baseline {url} cannot be read: {error}", hint=_RENEW) from error
        if not isinstance(document, dict):
            raise ReconcilerError(f"the baseline {url} is not a JSON object", hint=_RENEW)
        BASELINE.check(url, document.get("version"), _RENEW)
        try:
            return _Kept.model_validate(document).objects
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise ReconcilerError(f"the baseline {url} is not valid at {where}: {first['msg']}", hint=_RENEW) from error

    def _url(self, environment: str) -> str:
        return f"{self.folder.rstrip('/')}/{environment}.json.gz"


_OF_NO_KIND = frozenset(kind.shape.others for kind in kinds())
_NEW_IS_DRIFT = _OF_NO_KIND | {
    word_of_undeclared(kind) for kind in kinds() if kind.shape.some_in_every_tenant and not kind.parents
}
"""The words of objects that are a finding if the baseline does not contain them."""


def _known_kinds(live: Snapshot) -> Baseline:
    """Every kind that could be read completely, without objects."""
    gaps = _gaps(live)
    return {word: {} for kind in kinds() for word in words_of(kind) if word not in gaps}


def _gaps(live: Snapshot) -> set[str]:
    return {word for gap in live.unreadable if not gap.part for word in words_of(gap.kind)}


def _without_gaps(objects: Baseline, live: Snapshot, but: Collection[str] = ()) -> Baseline:
    """The objects of kinds that could be read completely, and of the kinds in `but`."""
    gaps = _gaps(live) - set(but)
    return {kind: items for kind, items in objects.items() if kind not in gaps}
