"""Plans: the changes of one run with their values, their effects, and the results of the guards."""

from reconciler.plan.dependents import Dependent, Dependents
from reconciler.plan.model import (
    AffectedObject,
    Effect,
    FieldChange,
    GuardResult,
    Override,
    Plan,
    PlannedChange,
)
from reconciler.plan.planned import planned_changes
from reconciler.plan.renames import Rename

__all__ = [
    "AffectedObject",
    "Dependent",
    "Dependents",
    "Effect",
    "FieldChange",
    "GuardResult",
    "Override",
    "Plan",
    "PlannedChange",
    "Rename",
    "planned_changes",
]
