"""Foreign text that is shown: in one line, and as it is where it is plain."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.printable import printable


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_printable_text_cannot_move_a_cursor_or_change_direction(text):
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])))
def test_plain_text_is_unchanged(text):
    assert printable(text) == text
