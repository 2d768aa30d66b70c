"""HTML pages without network requests, from the templates in `page`. Only the page's own style and script may run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.printable import printable
from reconciler.report.attribution import actor, moment
from reconciler.report.values import plural


def page(template: str, *styles: str, filters: Mapping[str, Callable[..., object]] | None = None, **values: Any) -> str:
    """The page with these values. All pages share one style and one script; a page can have more styles and filters."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("reconciler.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"printable": printable, "plural": plural, "actor": actor, "moment": moment}
    environment.filters |= filters or {}
    style = "".join(environment.get_template(name).render() for name in ("page.css", *styles))
    script = environment.get_template("filters.js").render()
    return environment.get_template(template).render(
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; "
        "form-action 'none'",
        **values,
    )


def _hash(text: str) -> str:
    """The CSP source expression that allows exactly this style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
