"""The countries and regions of ISO 3166, which network zones can name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

FORM: Final = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
_ALSO_CALLED: Final = {"UK": "GB", "EL": "GR"}
"""Reserved codes that some countries use besides their own."""
_WITHOUT_ISO: Final = "XK\tXKX\tKosovo"
"""A user-assigned code that geolocation databases use for a country."""


class Country(NamedTuple):
    """A country. `code` has two letters."""

    code: str
    long_code: str
    name: str
    regions: frozenset[str]
    """The codes of its regions, without the country."""


@cache
def countries() -> dict[str, Country]:
    """All countries, by code."""
    text = resources.files("reconciler.kinds").joinpath("iso_3166.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = (_country(line) for line in (*lines, _WITHOUT_ISO))
    return {country.code: country for country in found}


def _country(line: str) -> Country:
    code, long_code, name, *regions = line.split("\t")
    return Country(code, long_code, name, frozenset(" ".join(regions).split()))


def known_location(value: str) -> str:
    """Return the value if it is a country (`NO`) or a region (`US-CA`). Raises ValueError for an unknown country."""
    code = value.partition("-")[0]
    in_form = re.fullmatch(FORM, value) is not None
    if in_form and code in countries():
        return value
    what = "names no country of ISO 3166" if in_form else "must be a country (NO) or a region (US-CA)"
    raise ValueError(what + _hint(value))


def unknown_region(value: str) -> Iterator[str]:
    """Warn about unknown regions. They may be valid: ISO 3166-2 changes every year, and Okta follows later."""
    code, _, region = value.partition("-")
    if region and region not in countries()[code].regions:
        near = get_close_matches(region, sorted(countries()[code].regions), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(f'{code}-{each}' for each in near)}?" if near else ""
        yield f"{countries()[code].name} has no region {value} in ISO 3166-2{hint}"


def _hint(value: str) -> str:
    capital = value.strip().upper()
    code = capital.partition("-")[0]
    if code in countries() and re.fullmatch(FORM, capital):
        return f"; did you mean {capital}?"
    if meant := _named(capital if len(capital) > 3 and "-" not in capital else code):
        return f"; did you mean {' or '.join(f'{each} ({countries()[each].name})' for each in meant)}?"
    beginning = [known for known in countries() if len(code) == 2 and known[0] == code[0]]
    return f"; codes that begin with {code[0]}: {', '.join(beginning)}" if beginning else ""


def _named(text: str) -> list[str]:
    """The codes of the countries that a text may mean: by another code, swapped letters, or a name."""
    codes = {country.long_code: country.code for country in countries().values()} | _ALSO_CALLED
    if text in codes:
        return [codes[text]]
    if len(text) == 2:
        return [text[::-1]] if text[::-1] in countries() else []
    names = {country.name.upper(): country.code for country in countries().values()}
    near = get_close_matches(text, names, n=3, cutoff=0.75)
    return [names[text]] if text in names else [names[name] for name in near]
