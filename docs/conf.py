"""The settings of the documentation site, which `make site` builds from README.md, the pages beside it and docs/.

The navigation is the table under "Documentation" in README.md. A page that is in no row of it is an error, as is a link
to a page, a heading or a file that does not exist.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

project = "okta-reconciler"
author = "the authors of okta-reconciler"
extensions = ["myst_parser"]
include_patterns = ["*.md", "docs/**.md"]
exclude_patterns = [".*", "build"]
root_doc = "README"

myst_heading_anchors = 4
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # shortened examples, such as JSON with an ellipsis

html_theme = "furo"
html_title = "reconciler"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False

man_pages = [("docs/commands", "reconciler", "manage Okta tenants by definitions in YAML", [author], 1)]

_ROW = re.compile(r"^\| (?P<subject>[\w ]+) \| (?P<pages>\[.+\)) \|$", re.MULTILINE)
_PAGE = re.compile(r"\]\((?P<path>[\w/-]+)\.md\)")


def setup(app: Sphinx) -> None:
    """Connect what this site adds to Sphinx."""
    app.connect("source-read", add_navigation)
    app.connect("doctree-read", link_folders)
    app.connect("doctree-resolved", drop_links)
    app.connect("build-finished", write_index)


def add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Give the landing page the navigation of the site, and the overview of kinds that of its pages."""
    if page == root_doc:
        source[0] += "".join(f"\n{tree}" for tree in navigation(source[0]))
    elif page == "docs/kinds":
        source[0] += "\n" + _tree("", ["kinds/*"], "glob")


def navigation(readme: str) -> Iterator[str]:
    """A table of contents for each row of the table under "Documentation"."""
    _, _, section = readme.partition("\n## Documentation\n")
    for row in _ROW.finditer(section.partition("\n## ")[0]):
        yield _tree(row["subject"].capitalize(), _PAGE.findall(row["pages"]))


def _tree(caption: str, pages: list[str], *options: str) -> str:
    settings = [":hidden:", *(f":{option}:" for option in options), *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["```{toctree}", *settings, "", *pages, "```", ""])


def link_folders(app: Sphinx, document: nodes.document) -> None:
    """Link folders to the repository on GitHub, if a workflow builds the site, or else show only the text of the link.

    Files need no such link: Sphinx copies them into the site.
    """
    server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    root = Path(app.srcdir).resolve()
    for link in list(document.findall(pending_xref)):
        folder = (Path(app.env.doc2path(app.env.docname)).parent / link["reftarget"]).resolve()
        if folder.is_dir() and folder.is_relative_to(root):
            url = f"{server}/{repository}/tree/HEAD/{folder.relative_to(root).as_posix()}"
            text = link.children
            link.replace_self(nodes.reference("", "", *text, refuri=url) if server and repository else text)


def drop_links(app: Sphinx, document: nodes.document, page: str) -> None:
    """Show only the text of links in the manual page, which has no other pages to lead to."""
    if app.builder.name == "man":
        for link in list(document.findall(nodes.reference)):
            link.replace_self(link.children)


def write_index(app: Sphinx, error: Exception | None) -> None:
    """Let the address of the site lead to its landing page."""
    if error is None and app.builder.name == "html":
        shutil.copyfile(app.outdir / f"{root_doc}.html", app.outdir / "index.html")
