"""What a rule of an authentication policy asks users to verify with: combinations of factors, or chains of methods."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic.fields import FieldInfo

from reconciler.kinds.fields import Bool, Codec, ListOf, SetOf, as_json_text, each
from reconciler.kinds.part import Json, Part

Duration = Annotated[str, StringConstraints(pattern=r"^P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$")]
"""An ISO 8601 duration, such as `PT2H`; `PT0S` for every sign-in."""
Need = Literal["REQUIRED", "OPTIONAL"]


class AuthenticationMethod(Part):
    """One authentication method."""

    key: str
    """Key of the authenticator, such as `okta_verify`."""
    method: str
    """Method of the authenticator, such as `push`."""


class NonEmpty(Part):
    """A structure that must state something: Okta drops an empty one."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        fields = type(self).model_fields
        if not any(getattr(self, name) != info.default for name, info in fields.items() if self._is_said(name, info)):
            raise ValueError("needs at least one requirement: add one, or leave it out")
        return self

    def _is_said(self, name: str, info: FieldInfo) -> bool:
        """Whether a value is stated, not derived from other fields."""
        return info.default_factory is None or name in self.model_fields_set


class Knowledge(NonEmpty):
    """A knowledge factor, such as a password."""

    types: SetOf[str] = frozenset()
    """Authenticator types, such as `password`."""
    reauthenticate_in: Duration | None = None
    """Duration after which users must authenticate again."""
    authentication_methods: SetOf[AuthenticationMethod] = frozenset()
    """Only these authentication methods are allowed."""
    excluded_authentication_methods: SetOf[AuthenticationMethod] = frozenset()
    """These authentication methods are not allowed."""
    required: Annotated[Bool, Field(default_factory=lambda data: not data.get("excluded_authentication_methods"))]
    """Whether the factor is required. Left out: required, unless methods are excluded."""


class Possession(Knowledge):
    """A possession factor, such as a phone or a security key."""

    required: Bool = False
    """Whether the factor is required. The provider always sends it."""
    device_bound: Need | None = None
    """Whether the key must be device-bound: it never leaves the device."""
    hardware_protection: Need | None = None
    """Whether the key must be stored in hardware (TPM, secure enclave)."""
    phishing_resistant: Need | None = None
    """Whether the method must be phishing-resistant."""
    user_presence: Need | None = None
    """Whether users must prove that they are present, for example by a touch."""
    user_verification: Need | None = None
    """Whether users must verify with biometrics or a PIN."""


class Constraint(NonEmpty):
    """One combination of factors that satisfies a rule."""

    knowledge: Knowledge | None = None
    """Requirements for the knowledge factor."""
    possession: Possession | None = None
    """Requirements for the possession factor."""


class ChainedMethod(AuthenticationMethod):
    """An authentication method in a step of a chain."""

    hardware_protection: Need | None = None
    """Whether the key must be stored in hardware (TPM, secure enclave)."""
    phishing_resistant: Need | None = None
    """Whether the method must be phishing-resistant."""
    user_verification: Need | None = None
    """Whether users must verify with biometrics or a PIN."""


class ChainStep(Part):
    """A step of a chain."""

    authentication_methods: Annotated[ListOf[ChainedMethod], Field(min_length=1)]
    """Methods, one of which users verify with in this step."""
    reauthenticate_in: Duration | None = None
    """Duration after which users must authenticate again. The rule then has no `re_authentication_frequency`."""


class MethodChain(Part):
    """Methods that users verify with in a fixed order."""

    steps: Annotated[ListOf[ChainStep], Field(min_length=1, max_length=3)]
    """Steps in their order, at most 3."""


def _nested(chain: Json) -> Json:
    """The chain as Okta has it: each step contains the next one."""
    first, *others = chain["steps"]
    return {**first, "next": [_nested({"steps": others})]} if others else dict(first)


def _in_steps(chain: Json) -> Json:
    step = {name: value for name, value in chain.items() if name != "next"}
    return {"steps": [step, *(later for inner in chain.get("next") or () for later in _in_steps(inner)["steps"])]}


CHAINS = each(Codec(encode=_nested, decode=_in_steps))
"""Okta nests the steps of a chain. A step has one next step at most (OpenAPI, `AuthenticationMethodChain`)."""
CHAIN_TEXTS = each(
    Codec(encode=lambda chain: as_json_text(_nested(chain)), decode=lambda text: _in_steps(json.loads(text)))
)
"""The same as JSON texts, for the provider."""


def has_step_intervals(rule: Any) -> bool:
    """Whether a step of a chain says when users must authenticate again."""
    return any(_of(step, "reauthenticate_in") for chain in rule.chains or () for step in _of(chain, "steps") or ())


def _of(part: Any, name: str) -> Any:
    return part.get(name) if isinstance(part, dict) else getattr(part, name)
