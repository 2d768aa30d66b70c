"""Messages and progress on standard error."""

import io
from contextlib import contextmanager, redirect_stderr

from rich.console import Console
from rich.progress import Progress, TextColumn

from reconciler.cli.console import TerminalProgress, progress, show_error
from reconciler.cli.time_left import TimeLeft
from reconciler.errors import Refused
from reconciler.progress import SILENT


class Terminal(io.StringIO):
    def isatty(self):
        return True


@contextmanager
def terminal():
    """A standard error that says it is a terminal."""
    with redirect_stderr(Terminal()) as shown:
        yield shown


def test_errors_are_red_at_a_terminal():
    with terminal() as shown:
        show_error(Refused("too much", "less, please"))
    assert shown.getvalue() == "\x1b[31mtoo much\x1b[0m\n    less, please\n"


def test_errors_are_plain_with_no_color(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    with terminal() as shown:
        show_error(Refused("too much"))
    assert shown.getvalue() == "too much\n"


def test_progress_is_silent_without_a_terminal():
    with redirect_stderr(io.StringIO()), progress() as shown:
        assert shown is SILENT


def test_progress_shows_steps_at_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with terminal() as seen, progress() as shown:
        shown.say("Reading the tenant")
        shown.count(3, 7)
        shown.say("Comparing")
    assert "Reading the tenant" in seen.getvalue()
    assert "Comparing" in seen.getvalue()


def test_a_step_ends_when_the_next_one_begins():
    bars = Progress(TextColumn(""), console=Console(file=io.StringIO()))
    shown = TerminalProgress(bars)
    shown.count(1, 2)
    shown.say("one")
    shown.count(3, 7)
    (one,) = bars.tasks
    assert (one.completed, one.total, one.fields["counted"], one.finished) == (3, 7, "3 of 7", False)
    shown.say("two")
    shown.count(5)
    _, two = bars.tasks
    assert (one.finished, two.finished, two.fields["counted"]) == (True, False, "5")
    shown.finish()
    shown.finish()
    assert two.finished


def test_a_step_delayed_by_a_rate_limit_shows_the_time_left_by_the_limit():
    bars = Progress(TimeLeft(), console=Console(file=io.StringIO()))
    shown = TerminalProgress(bars)
    shown.held_up(1)
    shown.say("Reading the tenant")
    shown.count(3, 7)
    (task,) = bars.tasks
    assert "rate limit" not in str(TimeLeft().render(task))
    shown.held_up(1300.5)
    assert str(TimeLeft().render(task)) == "about 21:40 left, at the rate limit"
    shown.finish()
    assert "rate limit" not in str(TimeLeft().render(task))


def test_a_wait_is_printed_above_the_steps_and_does_not_end_one():
    written = io.StringIO()
    bars = Progress(console=Console(file=written, width=80))
    shown = TerminalProgress(bars)
    shown.say("Reading the tenant")
    shown.waiting("GET /api/v1/groups: no complete answer [so far]")
    (task,) = bars.tasks
    assert not task.finished
    assert "GET /api/v1/groups: no complete answer [so far]\n" in written.getvalue()
