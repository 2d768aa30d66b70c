"""Countries and regions of network zones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.iso_3166 import countries, known_location, unknown_region

FORM = "must be a country (NO) or a region (US-CA)"
NO_COUNTRY = "names no country of ISO 3166"


def test_data_is_complete():
    assert len(countries()) == 250
    assert all(country.regions or len(code) == 2 for code, country in countries().items())
    assert {"NO", "US", "XK"} <= countries().keys()
    assert {"CA", "NY"} <= countries()["US"].regions


@pytest.mark.parametrize("code", ["NO", "US-CA", "AF-BGL", "UA-26", "BE-VAN", "CN-BJ", "XK"])
def test_known_locations(code: str):
    assert known_location(code) == code
    assert list(unknown_region(code)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("UK", f"{NO_COUNTRY}; did you mean GB (United Kingdom)?"),
        ("UK-ENG", f"{NO_COUNTRY}; did you mean GB (United Kingdom)?"),
        ("ON", f"{NO_COUNTRY}; did you mean NO (Norway)?"),
        ("ZZ", f"{NO_COUNTRY}; codes that begin with Z: ZA, ZM, ZW"),
        ("USA", f"{FORM}; did you mean US (United States)?"),
        ("Germny", f"{FORM}; did you mean DE (Germany)?"),
        ("us-ca", f"{FORM}; did you mean US-CA?"),
        ("", FORM),
        ("-", FORM),
    ],
)
def test_unknown_countries(text: str, message: str):
    with pytest.raises(ValueError) as caught:
        known_location(text)
    assert str(caught.value) == message


def test_unknown_region_is_a_warning():
    (message,) = unknown_region("US-XX")
    assert message.startswith("United States has no region US-XX in ISO 3166-2")
    (message,) = unknown_region(known_location("US-CF"))
    assert "did you mean US-" in message


@given(st.text(max_size=12))
def test_any_text_is_known_or_explained(text: str):
    try:
        assert known_location(text).partition("-")[0] in countries()
    except ValueError as error:
        assert str(error).startswith((FORM, NO_COUNTRY))
