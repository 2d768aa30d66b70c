"""The data files of the sandbox: Okta's defaults and catalogues, as JSON in `data/`."""

import functools
from importlib import resources


@functools.cache
def read_data(name: str) -> bytes:
    """The content of one file of `data/`."""
    return resources.files("okta_sandbox").joinpath("data", name).read_bytes()
