"""docs/sandbox.md documents every endpoint, option and recording. This regenerates its tables:

python -m tests.sandbox.test_documentation
"""

import importlib
import json
import pkgutil
import re
from pathlib import Path

from okta_sandbox import families, system_log
from okta_sandbox.collection import Family

PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"
FLOOR = Path(__file__).with_name("replay_floor.json")
BEGIN, END = "<!-- made by tests/sandbox/test_documentation.py -->\n", "<!-- end -->\n"
OUTSIDE = (
    "e-mail templates of brands",
    "governance",
    "identity sources",
    "devices",
)


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.:]) |\.$|:\s`", " ".join(text.split("\n\n")[0].split()))[0].rstrip(".:")


def endpoints_table() -> str:
    """One row for each family."""
    rows = [("System Log", system_log.ROUTES)]
    for info in pkgutil.iter_modules(families.__path__):
        module = importlib.import_module(f"{families.__name__}.{info.name}")
        family = getattr(module, "FAMILY", None)
        if isinstance(family, Family) and family in families.FAMILIES:
            rows.append((first_sentence(module.__doc__ or ""), family.routes()))
    lines = ["| API | path | endpoints | OAuth scopes |", "| --- | --- | ---: | --- |"]
    for title, routes in sorted(rows, key=lambda row: min(route.path for route in row[1])):
        path = min((route.path for route in routes), key=lambda path: (len(path), path))
        scopes = ", ".join(sorted({f"`{route.scope}`" for route in routes if route.scope})) or "none"
        lines.append(f"| {title} | `{path}` | {len(routes)} | {scopes} |")
    lines += [f"| {what[0].upper()}{what[1:]} | not served | 0 | |" for what in OUTSIDE]
    return "\n".join(lines) + "\n"


def fidelity_table() -> str:
    """One row for each group of recordings."""
    lines = [
        "| recordings | fully matching recordings | matching answers |",
        "| --- | ---: | ---: |",
    ]
    for name, floor in sorted(json.loads(FLOOR.read_text()).items()):
        lines.append(f"| {name} | {floor['green']:.0f} | {floor['alike']:.1f} % |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The page with current tables."""
    parts = re.split(f"{re.escape(BEGIN)}.*?{re.escape(END)}", PAGE.read_text(), flags=re.DOTALL)
    assert len(parts) == 3, "the page has markers for each table"
    tables = [f"{BEGIN}\n{table}\n{END}" for table in (endpoints_table(), fidelity_table())]
    return parts[0] + tables[0] + parts[1] + tables[1] + parts[2]


def test_tables_are_current() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.sandbox.test_documentation"


def test_every_option_and_control_endpoint_is_documented() -> None:
    from okta_sandbox import control
    from okta_sandbox.command import serve
    from okta_sandbox.sandbox import Sandbox

    text = PAGE.read_text()
    for parameter in serve.params:
        assert f"`{parameter.opts[0]}" in text, parameter.opts[0]
    for route in control.routes(Sandbox.open("http://tenant.test")):
        assert re.search(rf"`[A-Z, `]*{route.method}[A-Z, `]* {re.escape(route.path)}`", text), (
            route.method,
            route.path,
        )


if __name__ == "__main__":
    PAGE.write_text(page())
