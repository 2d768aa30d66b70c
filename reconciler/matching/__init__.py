"""Definitions, state and tenant, matched once per run into one value."""

from reconciler.matching.match import Match
from reconciler.matching.names import Names
from reconciler.matching.own_app import is_own_app
from reconciler.matching.owners import owners, owners_to_plan
from reconciler.matching.recognition import Ambiguous, NotInTenant, object_id, recognised
from reconciler.matching.state_match import StateMatch

__all__ = [
    "Ambiguous",
    "Match",
    "Names",
    "NotInTenant",
    "StateMatch",
    "is_own_app",
    "object_id",
    "owners",
    "owners_to_plan",
    "recognised",
]
