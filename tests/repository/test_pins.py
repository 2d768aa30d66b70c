"""Pins in generated files."""

from reconciler.repository import ActionPin
from reconciler.repository.pins import digest, repinned, with_newer_pins_of

OURS = ActionPin.parse("acme/okta-reconciler", "2.0.0")
CHECKOUT = "uses: actions/checkout@{} # v{}\n"
STEP = "uses: acme/okta-reconciler/action@v{}\n"


def test_moving_a_pin_is_no_edit():
    assert digest(CHECKOUT.format("a1", "6.0.2")) == digest(CHECKOUT.format("b2", "7.0.0"))
    assert digest("okta-reconciler==1.0\n") == digest("okta-reconciler==2.0\n")
    assert digest("okta-reconciler==1.0\n") != digest("okta-reconciler==1.0\ns3fs\n")


def test_newer_pins_of_others_stay_and_older_ones_do_not():
    new = CHECKOUT.format("b2", "6.0.2") + STEP.format("2.0.0")
    assert with_newer_pins_of(new, CHECKOUT.format("c3", "6.1.0") + STEP.format("9.0.0"), OURS) == (
        CHECKOUT.format("c3", "6.1.0") + STEP.format("2.0.0")
    )
    assert with_newer_pins_of(new, CHECKOUT.format("a1", "5.0.0"), OURS) == new


def test_edited_files_get_our_pins_only():
    text = CHECKOUT.format("a1", "5.0.0") + "uses: old/reconciler/action@v1.0.0\nokta-reconciler==1.0.0\n"
    assert repinned(text, "old/reconciler/action", OURS) == (
        CHECKOUT.format("a1", "5.0.0") + STEP.format("2.0.0") + "okta-reconciler==2.0.0\n"
    )
