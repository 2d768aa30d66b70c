"""The guards around standard output and standard error."""

from __future__ import annotations

import io
import logging
import sys
from contextlib import redirect_stderr, redirect_stdout

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cli.console import progress
from reconciler.cli.messages import confirm, quote, say, show
from reconciler.edge import RedactedStream, guarded
from reconciler.known_secrets import REDACTED, KnownSecrets

SECRET = "00aCANARY-b1c2d3e4f5"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def passed(*texts, terminal=False, known=(SECRET,)):
    """What arrives of these writes."""
    stream = Terminal() if terminal else io.StringIO()
    guard = RedactedStream(stream, KnownSecrets(known))
    for text in texts:
        guard.write(text)
    guard.flush()
    return stream.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
@settings(deadline=None)
@given(texts=st.lists(st.text(st.sampled_from(":# \n\r\t\x1b\x9b[]2JHm0m;\x85\u2028\u202eerrovs\x00ä✓"))))
def test_no_output_moves_a_cursor_or_is_a_command(texts, terminal):
    for line in passed(*texts, terminal=terminal).split("\n"):
        shown = line
        for weight in "012":
            shown = shown.replace(f"\x1b[{weight}m", "") if terminal else shown
        assert shown.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


@settings(deadline=None)
@given(before=st.text(), after=st.text(), cut=st.integers(0, len(SECRET)))
def test_a_secret_does_not_pass_in_two_halves(before, after, cut):
    assert SECRET not in passed(before + SECRET[:cut], SECRET[cut:] + after)


def test_plain_text_passes_as_it_is():
    text = "kind   managed\ngroup        3  ✓ 100 %\n\n  http://[::1]:80/  # a [note]\n"
    assert passed(text) == text


def test_an_unfinished_line_is_held_back_until_a_flush():
    stream = io.StringIO()
    guard = RedactedStream(stream, KnownSecrets())
    guard.write("one\ntwo")
    assert stream.getvalue() == "one\n"
    guard.flush()
    guard.write("::\n::error::x\n")
    assert stream.getvalue() == "one\ntwo::\n\\x3a:error::x\n"


@pytest.mark.parametrize("texts", [["::error::x"], ["  ::error::x"], ["  ", " ::error::x"], ["a\n", "::error::x\n"]])
def test_no_line_begins_with_a_command_of_github(texts):
    assert "\\x3a:error::x" in passed(*texts)


@pytest.mark.parametrize("command", ["##[error]x", "a ##[add-mask]x", "##vso[task.setvariable]x", "##teamcity[x]"])
def test_no_line_contains_an_older_kind_of_command(command):
    assert passed(command) == command.replace("##", "\\x23#")


def test_only_our_colours_pass_and_only_to_a_terminal():
    own = click.style("red", fg="red", bold=True)
    assert passed(own, terminal=True) == own
    assert passed(own) == "\\x1b[31m\\x1b[1mred\\x1b[0m"
    assert passed("\x1b[8mhidden\x1b[2J\x1b]0;title\x07", terminal=True) == "\\x1b[8mhidden\\x1b[2J\\x1b]0;title\\x07"


def test_libraries_warnings_and_logs_are_guarded():
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), guarded(KnownSecrets([SECRET])):
        print("print", SECRET)
        click.echo(f"click {SECRET}")
        logging.StreamHandler().handle(logging.makeLogRecord({"msg": f"log {SECRET}\r"}))
        sys.stderr.writelines([f"lines {SECRET}\n", "no line end"])
    assert SECRET not in out.getvalue() + err.getvalue()
    assert out.getvalue() == f"print {REDACTED}\nclick {REDACTED}\n"
    assert err.getvalue() == f"log {REDACTED}\\r\nlines {REDACTED}\nno line end"


def test_the_real_streams_are_restored():
    before = sys.stdout, sys.stderr
    with pytest.raises(ZeroDivisionError), guarded(KnownSecrets()):
        raise ZeroDivisionError
    assert (sys.stdout, sys.stderr) == before


def test_characters_that_an_encoding_lacks_are_escaped():
    raw = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(raw, encoding="ascii")), guarded(KnownSecrets()):
        say("Zoë ✓")
    assert raw.getvalue() == b"Zo\\xeb \\u2713\n"


def test_a_message_is_one_line(capsys):
    say("a group named x\n::error::y\r\nz")
    assert capsys.readouterr().out == "a group named x\\n::error::y\\r\\nz\n"


def test_quoted_lines_have_a_prefix(capsys):
    quote("::error::x\n\x1b[2Jy\r\n", err=True)
    assert capsys.readouterr().err == "  | ::error::x\n  | \\x1b[2Jy\n"


def test_a_question_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\nn\n"))
    with guarded(KnownSecrets([SECRET])):
        confirm(f"Change x\n::error::{SECRET}?")
        with pytest.raises(click.Abort):
            confirm("Really?")
    out = capsys.readouterr().out
    assert out == f"Change x\\n::error::{REDACTED}? [y/N]: Really? [y/N]: "


def test_progress_bypasses_the_guard_with_clean_texts(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stderr(Terminal()) as seen, guarded(KnownSecrets([SECRET])), progress() as shown:
        shown.say(f"reading [b]{SECRET}[/b]\x1b]0;x\x07")
        shown.waiting(f"GET {SECRET}\x1b[2J")
    assert SECRET not in seen.getvalue()
    assert "\x1b[2K" in seen.getvalue()
    assert f"reading [b]{REDACTED}[/b]\\x1b]0;x\\x07" in seen.getvalue()
    assert f"GET {REDACTED}\\x1b[2J" in seen.getvalue()


def test_a_report_keeps_its_lines(capsys):
    show("one\n  two\n")
    assert capsys.readouterr().out == "one\n  two\n"
