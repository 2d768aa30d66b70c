"""The documentation site: it builds without a warning, works offline, and its checks find mistakes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LOADED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}
"""The attributes with what a browser loads by itself."""


def build(source: Path, target: Path, builder: str = "html", **environment: str) -> subprocess.CompletedProcess[str]:
    """Build as `make site` does, with other folders."""
    (line,) = re.findall(r"^SPHINX = .*?(\$\(BIN\)/sphinx-build .+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    options = shlex.split(line.replace("$(BIN)/sphinx-build --conf-dir docs --doctree-dir build/doctrees", ""))
    folders = ["--conf-dir", str(DOCS), "--doctree-dir", str(target / "doctrees"), str(source), str(target / builder)]
    return subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "--builder", builder, *folders],
        env={name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


class Page(HTMLParser):
    """What a page loads, and where its navigation leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.navigation: list[str] = []
        self._classes = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if address := given.get(LOADED.get(tag, "")):
            self.loads.append(address)
        if tag == "li":
            self._classes = given.get("class", "")
        if tag == "a" and "toctree-l1" in self._classes and "reference internal" in given.get("class", ""):
            self.navigation.append(given["href"])


def test_the_site_and_the_manual_page(tmp_path):
    built = build(ROOT, tmp_path)
    assert (built.returncode, built.stderr) == (0, "")
    site = tmp_path / "html"
    landing = (site / "index.html").read_text()
    assert landing == (site / "README.html").read_text()
    pages = {path.relative_to(site).as_posix(): Page(path.read_text()) for path in site.rglob("*.html")}
    assert {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")} <= pages.keys()
    navigation = [address for address in pages["index.html"].navigation if "#" not in address]
    assert list(dict.fromkeys(navigation)) == list(in_the_readme())
    loaded = {address for page in pages.values() for address in page.loads} | set(loaded_by_styles(site))
    assert loaded
    assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []
    manual = build(ROOT, tmp_path, "man")
    assert (manual.returncode, manual.stderr) == (0, "")
    text = (tmp_path / "man/reconciler.1").read_text()
    assert "reconciler \\- manage Okta tenants" in text
    assert ".SH DRIFT" in text
    assert "<>" not in text


def in_the_readme() -> Iterator[str]:
    """The pages in the table of the README, in its order."""
    section = (ROOT / "README.md").read_text().partition("\n## Documentation\n")[2].partition("\n## ")[0]
    yield from (f"{path}.html" for path in re.findall(r"\]\(([\w/-]+)\.md\)", section))


def loaded_by_styles(site: Path) -> Iterator[str]:
    for path in site.rglob("*.css"):
        yield from re.findall(r"""(?:url\(|@import )['"]?([^'")\s]+)""", path.read_text())


def folder_with(folder: Path, **pages: str) -> Path:
    """A README that leads to the page `docs/a.md`, with these pages in `docs`."""
    (folder / "docs").mkdir(parents=True)
    (folder / "code").mkdir()
    readme = (
        "# Start\n\n[code](code)\n\n## Documentation\n\n| subject | pages |\n| --- | --- |\n| all | [A](docs/a.md) |\n"
    )
    (folder / "README.md").write_text(readme)
    for name, text in pages.items():
        (folder / f"docs/{name}.md").write_text(text)
    return folder


def test_mistakes_are_errors(tmp_path):
    links = "[page](gone.md), [heading](b.md#gone), [own heading](#nowhere), [file](gone.json), [folder](../gone)"
    built = build(folder_with(tmp_path / "source", a=f"# A\n\n{links}\n", b="# B\n"), tmp_path)
    assert built.returncode != 0
    for said in ("'gone.md'", "'docs/b': 'gone'", "'nowhere'", "'gone.json'", "'../gone'"):
        assert re.search(rf"docs/a\.md:3: WARNING: .* {said}", built.stderr), said
    assert "docs/b.md: WARNING: document isn't included in any toctree" in built.stderr


def test_folders_lead_to_the_repository_if_it_is_known(tmp_path):
    source = folder_with(tmp_path / "source", a="# A\n\n[code](../code)\n")
    built = build(source, tmp_path, GITHUB_SERVER_URL="https://git.example", GITHUB_REPOSITORY="acme/okta")
    assert (built.returncode, built.stderr) == (0, "")
    assert 'href="https://git.example/acme/okta/tree/HEAD/code"' in (tmp_path / "html/docs/a.html").read_text()
    shutil.rmtree(tmp_path / "html")
    shutil.rmtree(tmp_path / "doctrees")
    assert build(source, tmp_path).returncode == 0
    page = (tmp_path / "html/docs/a.html").read_text()
    assert re.search(r"<p>(<span[^>]*>)?code(</span>)?</p>", page)
