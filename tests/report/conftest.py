"""Golden files: how reports look, reviewed like code. `pytest tests/report --update-golden` writes them anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files of reports anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str | Path, str], None]:
    """Compare a text with the golden file of this name (or with the file at this path)."""

    def check(name: str | Path, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden", default=False):
            file.write_text(text, encoding="utf-8", newline="")
        assert file.exists(), f"{file} is missing: write it with pytest tests/report --update-golden"
        assert text == file.read_bytes().decode(), f"{file.name} differs: pytest tests/report --update-golden"

    return check
