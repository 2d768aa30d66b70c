"""What users verify with before they reset a password."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.fields import Api, Bool, ListOf, Only, SetOf, wrapped
from reconciler.kinds.part import Json, Part
from reconciler.kinds.paths import put, within

RESET = "actions.selfServicePasswordReset"
_PATH = RESET.split(".")
_NOTHING: Json = {"primary": {"methods": []}, "stepUp": {"required": False}}
"""The requirement that the provider sends for none."""


class MethodConstraint(Part):
    """Limits a method to some authenticators."""

    method: str
    """Method, such as `otp`."""
    allowed_authenticators: Annotated[SetOf[str], Field(min_length=1), Api("allowedAuthenticators", wrapped("key"))]
    """Keys of the authenticators that the method is limited to, such as `google_otp`."""


class ResetRequirement(Part):
    """What users verify with before they reset a password."""

    primary_methods: Annotated[
        SetOf[Literal["otp", "push", "sms", "email", "voice"]], Field(min_length=1), Api("primary.methods")
    ]
    """Methods for the first step, one of which is required."""
    method_constraints: Annotated[ListOf[MethodConstraint], Api("primary.methodConstraints")] = ()
    """Limits of methods to authenticators. `otp` needs one."""
    step_up_enabled: Annotated[Bool, Api("stepUp.required")] = False
    """Whether a second step is required."""
    step_up_methods: Annotated[
        SetOf[Literal["security_question"]],
        Api("stepUp.methods"),
        Only(lambda requirement: requirement.step_up_enabled, "only step_up_enabled: true has a second step"),
    ] = frozenset()
    """Methods for the second step; empty for any authenticator."""

    @model_validator(mode="after")
    def _constraints_fit_methods(self) -> Self:
        constrained = {constraint.method for constraint in self.method_constraints}
        if others := sorted(constrained - self.primary_methods):
            raise ValueError(f"method_constraints limits {', '.join(others)}, which primary_methods does not allow")
        if "otp" in self.primary_methods - constrained:
            raise ValueError("primary_methods has otp, which needs one of method_constraints")
        return self


def read_rule(item: Json) -> Json:
    """The rule with `accessControl` beside the requirement, which is left out if it is empty."""
    reset = dict(within(item, *_PATH))
    requirement = dict(reset.get("requirement") or {})
    if (control := requirement.pop("accessControl", None)) is None:
        return item
    reset["accessControl"] = control
    reset["requirement"] = requirement
    if requirement in (_NOTHING, {}):
        reset.pop("requirement")
    return put(item, reset, *_PATH)


def write_rule(item: Json) -> Json:
    """The inverse of `read_rule`. The provider sends no requirement without `accessControl`."""
    reset = dict(within(item, *_PATH))
    requirement = reset.pop("requirement", None) or _NOTHING
    if control := reset.pop("accessControl", None):
        reset["requirement"] = requirement | {"accessControl": control}
    return put(item, reset, *_PATH)
