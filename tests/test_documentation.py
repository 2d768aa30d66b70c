"""The examples and links of the documentation work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.definitions import DefinitionsError, load

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```(yaml|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CSV = re.compile(r"^`(definitions/\S+\.csv)`:\n\n```csv\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (definitions/\S+)\n")


def examples(page):
    """The files that a page shows, each with the text of the next block."""
    blocks = BLOCK.findall((DOCS / page).read_text())
    for (language, text), (_, after) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if language == "yaml" and (match := FILE.match(text)):
            yield match[1], text, after


def written(page, directory, broken):
    tables = [(file, text, "") for file, text in CSV.findall((DOCS / page).read_text())]
    for file, text, _ in (*examples(page), *tables):
        if broken or "broken" not in file:
            path = directory / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def test_the_examples_of_definitions_load(tmp_path):
    written("definitions.md", tmp_path, broken=False)
    desired = load(tmp_path / "definitions", "staging")
    names = {str(address): declaration for address, declaration in desired.declarations.items()}
    assert "access-policy-rule payments-api/Services/Settlement" in names
    assert names["group team-search"].spec["description"] == "search@staging.acme.example"
    assert names["group team-ads"].previously == ("advertising",)
    assert names["group-rule team-ads"].spec["groups"] == ["engineering", "team-ads"]
    assert names["group engineering"].spec["description"] == "Filled by hand, since staging has no HR."
    assert names["authorization-server-scope payments-api/settlement:run"].previously == ("payments-api/settle",)


def test_the_example_of_errors_shows_the_real_messages(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written("definitions.md", tmp_path, broken=True)
    with pytest.raises(DefinitionsError) as caught:
        load(Path("definitions"), "staging")
    shown = "".join(f"{message}\n" + (f"    {hint}\n" if hint else "") for message, hint in caught.value.explanations())
    (told,) = (after for file, _, after in examples("definitions.md") if "broken" in file)
    assert shown == told


def test_the_example_of_a_kind_works(tmp_path):
    written("adding-a-kind.md", tmp_path, broken=False)
    written("definitions.md", tmp_path, broken=False)
    (module,) = (
        text for language, text in BLOCK.findall((DOCS / "adding-a-kind.md").read_text()) if language == "python"
    )
    script = f"""{module}
from pathlib import Path
from reconciler.definitions import Address, load
from reconciler.kinds.mapping import Vocabulary, encode
spec = load(Path("definitions"), "staging").declarations[Address("brand", "agencies")].spec
print(encode(Brand, spec, Vocabulary.API), encode(Brand, spec, Vocabulary.ARGUMENTS))
"""
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == (
        "{'name': 'Agencies', 'removePoweredByOkta': True} {'name': 'Agencies', 'remove_powered_by_okta': True}\n"
    )


@pytest.mark.parametrize("page", sorted([*DOCS.parent.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, target
