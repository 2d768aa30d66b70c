"""docs/guards.md lists every guard with its limits, and the defaults that it shows are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from reconciler.commit import Commit
from reconciler.guard import GUARDS, GuardSettings, read_guard_settings
from reconciler.guard.model import AnyGuard
from reconciler.kinds.threats import RULES

PAGE = Path(__file__).parents[2] / "docs/guards.md"
MARK = "<!-- made by tests/report/test_guards_page.py -->\n"


def test_the_page_is_that_of_the_code(golden):
    parts = re.split(rf"{MARK}.*?(?=<!-- end -->)", PAGE.read_text(), flags=re.S)
    made = [table(), f"```yaml\n{defaults()}```\n\n"]
    assert len(parts) == len(made) + 1
    golden(PAGE, "".join(f"{part}{MARK}\n{one}" for part, one in zip(parts, made, strict=False)) + parts[-1])


def test_the_shown_defaults_are_the_defaults(tmp_path: Path):
    (tmp_path / "guards.yaml").write_text(defaults())
    settings = read_guard_settings(tmp_path, "test", ["test"], tmp_path, Commit())
    assert settings.digest == GuardSettings().digest


def test_the_examples_are_valid(tmp_path: Path):
    for name, text in re.findall(r"```yaml\n# definitions/(guards|owners).yaml\n(.*?)```", PAGE.read_text(), re.S):
        (tmp_path / f"{name}.yaml").write_text(text)
    settings = read_guard_settings(tmp_path, "staging", ["staging"], tmp_path, Commit())
    assert settings.owners.knows("identity")
    assert list(settings.off) == ["everything-deleted"]


def test_the_page_names_the_severity_rules_that_weaken_sign_ins():
    section = PAGE.read_text().partition("### Weaker sign-ins")[2].partition("###")[0]
    named = set(re.findall(r"`([a-z-]+)`", section)) - {"sign-in-weakened"}
    assert named == {rule.id for rule in RULES if rule.blocks == "sign-in-weakened"}


def table() -> str:
    rows = ["| guard | it refuses | limits |", "| --- | --- | --- |", *map(_row, GUARDS)]
    return "\n".join(rows) + "\n\n"


def _row(guard: AnyGuard) -> str:
    covers = f" Covers {', '.join(f'`{one}`' for one in guard.covers)}." if guard.covers else ""
    defaults = guard.limits.model_dump(mode="json")
    limits = "<br>".join(
        f"`{name}` ({defaults[name]}): {' '.join((info.description or '').split())}"
        for name, info in type(guard.limits).model_fields.items()
    )
    return f"| `{guard.id}` | **{guard.title}.** {guard.purpose}{covers} | {limits or '-'} |"


def defaults() -> str:
    """The limits of all guards as YAML."""
    lines = []
    for guard in GUARDS:
        if limits := guard.limits.model_dump(mode="json"):
            lines += [f"{guard.id}:", *(f"  {name}: {value}" for name, value in limits.items()), ""]
    return "\n".join(lines).rstrip("\n") + "\n"
