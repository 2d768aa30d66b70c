"""Baselines: what a tenant held after the last `up`, beyond what definitions state; kept beside the stack's state.

A baseline is JSON, compressed, without secrets. It is kept at a path or at any URL that fsspec knows (`s3://`, `gs://`).
Without one, drift detection goes on without it; with one that cannot be read as well, and says so.
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
from reconciler.drift.findings import Finding
from reconciler.drift.kept import Baseline, baseline, carried, taken, words_of, written
from reconciler.errors import FileNotWritten, ReconcilerError
from reconciler.kinds import kind_named, kinds
from reconciler.okta.snapshot import Snapshot

VERSION = 2
_RENEW = "the next up writes a new one"


class _Kept(BaseModel):
    """A baseline as it is kept: values by kind, id and path. A value is one that JSON has, but for objects: what is
    inside an object has a path of its own."""

    model_config = ConfigDict(strict=True)

    version: int
    objects: dict[str, dict[str, dict[str, str | bool | int | float | list[Any] | None]]]


@dataclass(frozen=True, slots=True)
class Baselines:
    """The baselines of all environments, in one folder."""

    folder: str
    """A path or a URL."""

    def save(self, environment: str, live: Snapshot, signing_in: Environment | None = None) -> None:
        """Keep what the tenant holds now, and forget what was kept before. The app that is `signing_in` is kept whole.

        Kinds of which a part could not be read are left out, so that they can be told from kinds without objects.
        """
        self._keep(environment, {**_known_kinds(live), **_without_gaps(baseline(live, signing_in), live)})

    def renew(
        self,
        environment: str,
        kept: Baseline,
        live: Snapshot,
        made: Collection[tuple[str, str]],
        wrote: Mapping[tuple[str, str], Collection[str]] | None = None,
        empty: Collection[tuple[str, str]] = (),
        signing_in: Environment | None = None,
    ) -> None:
        """Keep what the tenant holds now of what is new: of what was `made` (by kind and id), or not `kept` before.

        So are the paths that the `up` itself `wrote` of others: fields that a definition may leave out later on. Lists
        of what was just created need not be read: they are `empty`.

        Of everything else what was kept stays: only `accept` takes a change of somebody's for granted. So it is with
        what is gone, and with what is new and Okta's, or of no kind: it is a finding until somebody accepts it.
        """
        own = {kind.kind: kind for kind in kinds()}
        known = {**_known_kinds(live), **kept}
        for kind, items in _without_gaps(baseline(live, signing_in), live, but=kept).items():
            before = {one: values for one, values in known.get(kind, {}).items() if (kind, one) not in made}
            now = {one: item for one, item in items.items() if one not in before}
            if kind not in own:  # what nobody declares
                is_known = kind in kept and kind in _OF_NO_KIND
                known[kind] = before | {one: item for one, item in now.items() if (kind, one) in made or not is_known}
                continue
            for one in before.keys() & items.keys():
                paths = (wrote or {}).get((kind, one), ())
                now[one] = carried(written(before[one], items[one], paths), items[one], own[kind])
            known[kind] = before | now
        for kind, one in empty:
            for word in words_of(kind_named(kind)):
                known[word] = {one: {}, **known.get(word, {})}
        self._keep(environment, known)

    def accept(
        self, environment: str, findings: Iterable[Finding], live: Snapshot, signing_in: Environment | None = None
    ) -> None:
        """Keep what the tenant has now, where these findings say that it differs."""
        self._keep(environment, taken(self.load(environment) or {}, live, findings, signing_in))

    def _keep(self, environment: str, objects: Baseline) -> None:
        import fsspec

        content = gzip.compress(orjson.dumps({"version": VERSION, "objects": objects}), mtime=0)
        try:
            filesystem, path = fsspec.core.url_to_fs(self._place(environment))
            if "file" in filesystem.protocol:
                files.write(Path(path), content)
                return
            filesystem.makedirs(filesystem._parent(path), exist_ok=True)
            with filesystem.transaction:  # a killed run leaves the one before
                filesystem.pipe_file(path, content)
        except (FileNotWritten, OSError, ImportError, ValueError) as error:
            raise ReconcilerError(
                f"the baseline cannot be written to {self._place(environment)}: {error}",
                hint="the tenant is as declared, and the earlier baseline is kept; "
                "free some space or allow writing there, then run the same command again",
            ) from error

    def load(self, environment: str) -> Baseline | None:
        """What was kept last; None if nothing was. Raises `ReconcilerError` if it cannot be read."""
        import fsspec

        place = self._place(environment)
        try:
            filesystem, path = fsspec.core.url_to_fs(place)
            document = orjson.loads(gzip.decompress(filesystem.cat_file(path)))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ImportError, ValueError, zlib.error) as error:
            raise ReconcilerError(f"the baseline {place} cannot be read: {error}", hint=_RENEW) from error
        if not isinstance(document, dict) or document.get("version") != VERSION:
            raise ReconcilerError(f"the baseline {place} is of another version", hint=_RENEW)
        try:
            return _Kept.model_validate(document).objects
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise ReconcilerError(
                f"the baseline {place} is of another shape, at {where}: {first['msg']}", hint=_RENEW
            ) from error

    def _place(self, environment: str) -> str:
        return f"{self.folder.rstrip('/')}/{environment}.json.gz"


_OF_NO_KIND = frozenset(kind.collection.others for kind in kinds())


def _known_kinds(live: Snapshot) -> Baseline:
    """Every kind but those of which a part could not be read, without objects."""
    gaps = _gaps(live)
    return {word: {} for kind in kinds() for word in words_of(kind) if word not in gaps}


def _gaps(live: Snapshot) -> set[str]:
    return {word for gap in live.unreadable if not gap.part for word in words_of(gap.kind)}


def _without_gaps(objects: Baseline, live: Snapshot, but: Collection[str] = ()) -> Baseline:
    """The objects of kinds that could be read wholly, `but` these as well."""
    gaps = _gaps(live) - set(but)
    return {kind: items for kind, items in objects.items() if kind not in gaps}
