"""The action that workflows call."""

import pytest

from reconciler.repository import NO_OWNER, ActionPin

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "uses", "by_tag"),
    [
        ("acme/okta-reconciler", "acme/okta-reconciler/action@v1.2.3", True),
        ("acme/okta-reconciler/action", "acme/okta-reconciler/action@v1.2.3", True),
        ("acme/okta-reconciler@v1", "acme/okta-reconciler/action@v1", True),
        (f"acme/okta-reconciler@{COMMIT}", f"acme/okta-reconciler/action@{COMMIT} # v1.2.3", False),
    ],
)
def test_where_it_is(text, uses, by_tag):
    pin = ActionPin.parse(text, "1.2.3")
    assert (pin.uses, pin.by_tag) == (uses, by_tag)
    assert ActionPin.parse(pin.text, "1.2.3") == pin


@pytest.mark.parametrize("text", ["", "acme", "acme/x@", "acme/x y", "acme/x@v1\nrun: x", "../x/y", "acme/x/other"])
def test_what_is_refused(text):
    with pytest.raises(ValueError, match="is not OWNER/REPOSITORY"):
        ActionPin.parse(text, "1.2.3")


def test_nobody_can_register_the_owner_that_stands_for_none():
    owner = NO_OWNER.partition("/")[0]
    assert len(owner) > 39, "the length of GitHub's names"
    assert ActionPin.parse(NO_OWNER, "1.2.3").documentation == ""
