"""Writes Markdown for GitHub: the comment on a pull request, or a text as a code block.

The comment has the previews of the definitions, or what failed and why.

It never exceeds GitHub's limit. A preview that does not fit is cut after a line, with a link to the whole.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LIMIT = 65_536
"""Characters that GitHub accepts in a comment."""
MARK = "<!-- reconciler preview -->"
"""The first line, by which the comment is found again."""
NO_SECRET = 2
"""The exit code of `validate` if a workflow does not set a secret that definitions need."""
_RESERVE = 200
"""Characters for the note that says what was cut."""
MOST_LINES = 60
"""Lines of a text."""
LONGEST = 400
"""Characters of a line."""


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    there: bool
    code: int = 0
    report: str = ""
    messages: str = ""


def main() -> None:
    """`comment REPORTS` or `quote FILE`: print the Markdown."""
    what, place = sys.argv[1:]
    print(comment(os.environ, Path(place)) if what == "comment" else quoted(Path(place).read_text()))


def comment(given: Mapping[str, str], reports: Path) -> str:
    """The text of the comment."""
    head = [MARK, f"**Commit {given['COMMIT']}**", *_notes(given)]
    foot = f"[Full plans and log]({given['RUN']})"
    parts = list(_parts(given, reports))
    room = LIMIT - len("\n\n".join([*head, foot])) - 2 * len(parts) - _RESERVE
    fitted = [cut(part, room // max(len(parts), 1), given["RUN"]) for part in parts]
    return "\n\n".join([*head, *fitted, foot])


def _notes(given: Mapping[str, str]) -> Iterator[str]:
    others = int(given["OTHER_FILES"] or 0)
    if others:
        files = "1 other file" if others == 1 else f"{others:,} other files"
        yield (
            f"> [!NOTE]\n> This pull request also changes {files}. The preview was made with the code, the guards and "
            "the pins of `main`; changes of code are tested without a tenant, and their plan is shown before it is "
            "approved."
        )


def _parts(given: Mapping[str, str], reports: Path) -> Iterator[str]:
    validation = read(reports / "validate")
    if not validation.there:
        yield f"**The definitions were not checked:** the job failed before that. [See its log]({given['RUN']})."
        return
    if validation.code == NO_SECRET:
        yield f"**`up` would not get every secret.** Nothing was previewed.\n\n{quoted(validation.messages)}"
        return
    if validation.code:
        yield f"**The definitions are not valid.** Nothing was previewed.\n\n{quoted(validation.messages)}"
        return
    if given["PREVIEWS"] == "fork":
        yield "The definitions are valid. Pull requests from forks are not previewed."
        return
    if given["PREVIEWS"] != "true":
        yield "The definitions do not change, so there is nothing to preview."
        return
    for environment in json.loads(given["ENVIRONMENTS"]):
        yield preview(environment["environment"], read(reports / f"preview-{environment['environment']}"), given["RUN"])


def preview(name: str, result: Result, run: str) -> str:
    """The part about one environment."""
    if not result.there:
        return f"**There is no preview of `{name}`:** the job failed before that. [See its log]({run})."
    if not result.code:
        return result.report.rstrip()
    what = f"The preview of `{name}` was refused" if result.code == 4 else f"The preview of `{name}` failed"
    failed = f"**{what} (exit code {result.code}).**\n\n{quoted(result.messages)}"
    return "\n\n".join(filter(None, (failed, result.report.rstrip())))


def read(folder: Path) -> Result:
    """The result of a command; not there, if the job ended before it."""
    code = folder / "code"
    if not code.exists():
        return Result(False)
    report, messages = (file.read_text() if file.exists() else "" for file in _files(folder))
    return Result(True, int(code.read_text()), report, messages)


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / "report.md", folder / "messages.txt"


def quoted(text: str, most: int = MOST_LINES) -> str:
    """The text as a block, or nothing if it is empty; cut lines are counted."""
    lines = text.strip("\n").splitlines()
    if not lines:
        return ""
    shown = [line if len(line) <= LONGEST else line[:LONGEST] + "…" for line in lines[:most]]
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", "\n".join(shown))), default=0))
    rest = f"\n\n{len(lines) - most:,} more lines are in the log." if len(lines) > most else ""
    return "\n".join([f"{fence}text", *shown, fence]) + rest


def cut(text: str, room: int, run: str) -> str:
    """The first lines of Markdown that fit, with blocks and folded sections closed, and how many lines are missing."""
    if len(text) <= room:
        return text
    lines = text.splitlines()
    length, kept = _RESERVE, 0
    while kept < len(lines) and length + len(lines[kept]) + 1 <= room:
        length += len(lines[kept]) + 1
        kept += 1
    shown = "\n".join(lines[:kept])
    ends = []
    fences = re.findall(r"^(`{3,})", shown, re.MULTILINE)
    if len(fences) % 2:
        ends.append(fences[-1])
    ends += ["\n</details>"] * (shown.count("<details") - shown.count("</details>"))
    note = f"\n**{len(lines) - kept:,} more lines did not fit:** the [artifacts of the run]({run}) have the full plan."
    return "\n".join([shown, *ends, note])


if __name__ == "__main__":
    main()
