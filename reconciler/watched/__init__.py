"""What drift detection watches although no kind covers it: collections and relations of the Management API, as data."""

from reconciler.watched.row import Area, Row, Watch, is_address
from reconciler.watched.rules import RULES as RULES_OF_ROWS
from reconciler.watched.table import ROWS, can_be_sensitive, read_rows, readers_of, row_of_word, rows_of, scopes

__all__ = [
    "ROWS",
    "RULES_OF_ROWS",
    "Area",
    "Row",
    "Watch",
    "can_be_sensitive",
    "is_address",
    "read_rows",
    "readers_of",
    "row_of_word",
    "rows_of",
    "scopes",
]
