"""Definitions generated from the models: for every kind one with all fields, and one with the required fields only.

Generic tests start from these, so that a new kind or field is tested before it has tests of its own. `VARIANTS` lists
fields that exclude each other, which the models do not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from reconciler.kinds import Kind, Part, kind_named, kind_of_fields, kinds
from reconciler.kinds.mapping import Field, Vocabulary, encode, in_order, schema
from reconciler.kinds.people import USER
from reconciler.kinds.relations import references
from tests.of_kinds import OMIT, Variant, all_about
from tests.people import PEOPLE

SECRET = "TEST_APP_SECRET"
"""The environment variable that every secret refers to."""

_NO_SERVICE: Variant = {"jwks": OMIT, "jwks_uri": OMIT, "api_scopes": OMIT, "admin_roles": []}
_LINKED: Variant = {"app_links": {"oidc_client_link": False}}
_REFRESHING: Variant = {"grant_types": ["authorization_code", "refresh_token"], **_LINKED}
_NO_LOGOUT: Variant = {"participate_slo": False}
_SERVICE: Variant = {
    "type": "service",
    **_NO_LOGOUT,
    "redirect_uris": OMIT,
    "client_secret": OMIT,
    "grant_types": ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
    "authentication_policy": OMIT,
    "refresh_token_rotation": OMIT,
    "refresh_token_leeway": OMIT,
    **_LINKED,
    "token_endpoint_auth_method": "private_key_jwt",
}
_SECRETLESS: Variant = {
    "client_secret": OMIT,
    "token_endpoint_auth_method": "client_secret_jwt",
    "pkce_required": False,
}
_LASTING: Variant = {
    "access_token_lifetime_minutes": 90,
    "refresh_token_lifetime_minutes": 4320,
    "refresh_token_window_minutes": 1440,
}
_OF_CATALOGUE: Variant = {
    field.name: OMIT
    for field in schema(kind_named("saml-app").fields)
    if field.only and field.name not in ("app_settings", "authentication_policy")
}
_NO_CATALOGUE: Variant = {
    "preconfigured_app": OMIT,
    "app_settings": OMIT,
    "provisioning_features": OMIT,
    "saml_version": "2.0",
    "app_links": OMIT,  # the name of its link has a number that only Okta knows
}
_ONLY_TO: Variant = {"network_connection": "ZONE", "network_excludes": OMIT}
_ALL_BUT: Variant = {"network_connection": "ZONE", "network_includes": OMIT}
_ANYWHERE: Variant = {"network_connection": "ON_NETWORK", "network_includes": OMIT, "network_excludes": OMIT}
_CHAINLESS: Variant = {"type": "ASSURANCE", "chains": OMIT}
_CHAINED: Variant = {
    "type": "AUTH_METHOD_CHAIN",
    **dict.fromkeys(("factor_mode", "constraints", "inactivity_period", "re_authentication_frequency"), OMIT),
}
_FROM_NETWORK: Mapping[str, Variant] = {"only-to": _ONLY_TO, "all-but": _ALL_BUT, "on-network": _ANYWHERE}

VARIANTS: Mapping[str, Mapping[str, Variant]] = {
    "app-group-assignments.groups": {
        # A profile of which all is false says nothing.
        "one": {"group": "group-one", "profile": {"role": "first"}},
        "two": {"group": "group-two", "profile": {"role": "second"}},
    },
    "access-policy": {"one": {}, "two": {"clients": ["ALL_CLIENTS"]}},
    "access-policy-rule": {"one": _LASTING, "two": _LASTING, "three": _LASTING},
    "authentication-policy-rules.rules": {
        **{name: {**fixed, **_CHAINLESS} for name, fixed in _FROM_NETWORK.items()},
        "chain": {**_ANYWHERE, **_CHAINED},
    },
    "authentication-policy-rules.rules.platforms": {
        "other": {"os_type": "OTHER"},
        "android": {"os_type": "ANDROID", "os_expression": OMIT},
    },
    "authorization-server": {"one": {"audiences": ["https://audience.example.com"]}},
    "authorization-server-scope": {"one": {}, "two": {}},
    "authorization-server-claim": {
        "expression": {"value_type": "SYSTEM", "group_filter_type": OMIT},
        "groups": {"value_type": "GROUPS"},
    },
    "global-session-policy": {"one": {"priority": 1}, "two": {"priority": 2}},
    "global-session-policy-rule": {
        "only-to": {**_ONLY_TO, "factor_sequence": OMIT, "identity_provider": "SPECIFIC_IDP", "behaviors": OMIT},
        "all-but": {**_ALL_BUT, "access": "CHALLENGE", "identity_providers": OMIT},
        "on-network": {**_ANYWHERE, "factor_sequence": OMIT, "identity_providers": OMIT, "behaviors": OMIT},
    },
    "oidc-app": {
        "web": {
            "type": "web",
            "client_id": "client-of-web",
            **_REFRESHING,
            "token_endpoint_auth_method": "client_secret_post",
            **_NO_SERVICE,
        },
        "browser": {"type": "browser", "client_id": "client-of-browser", **_REFRESHING, **_NO_SERVICE, **_SECRETLESS},
        "native": {
            "type": "native",
            "client_id": "client-of-native",
            **_NO_LOGOUT,
            **_REFRESHING,
            **_NO_SERVICE,
            **_SECRETLESS,
        },
        "service-keys": {**_SERVICE, "client_id": "client-of-keys", "admin_roles": [], "jwks_uri": OMIT},
        "service-uri": {**_SERVICE, "client_id": OMIT, "jwks": OMIT},
    },
    "oidc-app.groups_claim": {
        "filter": {"type": "FILTER", "value": ".*"},
    },
    "oidc-app.network": {"zones": {"connection": "ZONE"}},
    "oidc-app.jwks": {
        "rsa": {"kid": "rsa", "kty": "RSA", "x": OMIT, "y": OMIT},
        "ec": {"kid": "ec", "kty": "EC", "e": OMIT, "n": OMIT},
    },
    "password-policy-rule.password_reset_requirement": {
        "one": {
            "primary_methods": ["email", "otp"],
            "method_constraints": [{"method": "otp", "allowed_authenticators": ["google_otp"]}],
        },
    },
    "password-policy": {"one": {"priority": 1}, "two": {"priority": 2}},
    "password-policy-rule": {
        "only-to": {**_ONLY_TO, "password_reset_access_control": "LEGACY"},
        "all-but": {**_ALL_BUT, "password_reset_access_control": "AUTH_POLICY", "password_reset_requirement": OMIT},
        "on-network": {**_ANYWHERE, "password_reset_access_control": "LEGACY"},
    },
    "saml-app": {
        "signed-response": {
            **_NO_CATALOGUE,
            "saml_version": "1.1",
            "response_signed": True,
            "assertion_signed": False,
            "acs_endpoints_indices": OMIT,
        },
        "signed-assertion": {
            **_NO_CATALOGUE,
            "response_signed": False,
            "assertion_signed": True,
            "acs_endpoints": OMIT,
            "acs_endpoints_indices": [{"url": "https://acs.example.com/five", "index": 5}],
        },
        "catalogue": {
            **_OF_CATALOGUE,
            "preconfigured_app": "okta_org2org",
            "saml_version": "2.0",
            "app_settings": {"baseUrl": "https://example.okta.com", "acsUrl": "https://example.okta.com/sso"},
        },
        "catalogue-without-policy": {
            **_OF_CATALOGUE,
            "preconfigured_app": "office365",
            "saml_version": "2.0",
            "app_settings": {
                "msftTenant": "example",
                "domain": "example.com",
                "domains": [],
                "wsFedConfigureType": "AUTO",
            },
            "app_links": OMIT,
            "authentication_policy": OMIT,
        },
    },
    "saml-app.attribute_statements": {
        "expression": {"type": "EXPRESSION", "filter_type": OMIT, "filter_value": OMIT},
        "group": {"values": OMIT},
    },
}
"""Where one definition cannot set every field: which there are, and what each fixes or leaves out."""

NEEDED_BY_OKTA = {("saml-app", variant): ("app_settings",) for variant in ("catalogue", "catalogue-without-policy")}
"""Fields of a variant that Okta requires although the kind does not."""


@dataclass(frozen=True)
class Specimen:
    """One document, as read from YAML."""

    kind: Kind
    name: str
    spec: dict[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        return {
            "kind": self.kind.name,
            "name": self.name,
            "owner": "tests",
            "purpose": "Shows what a definition can say.",
            "spec": self.spec,
        }


def everything() -> list[Specimen]:
    """One document for each kind that has documents, and each variant of it, with every field set."""
    return [
        Specimen(kind, kind.name if kind.shape.sole else f"{kind.name}-{variant}", filled(kind.fields, variant))
        for kind in documented()
        for variant in variants(kind.name)
    ]


def bare() -> list[Specimen]:
    """The same documents with the required fields only."""
    return [
        Specimen(kind, kind.name if kind.shape.sole else f"{kind.name}-{variant}", needed(kind.fields, variant))
        for kind in documented()
        for variant in variants(kind.name)
    ]


def leaving() -> list[Specimen]:
    """Everything, without what stays in the tenant for good: objects that can be created and not deleted."""
    return closed(one for one in everything() if not _stays_for_good(one))


def closed(specimens: Iterable[Specimen]) -> list[Specimen]:
    """The specimens, without items of lists that refer to one that is not among them."""
    kept = list(specimens)
    absent = {one.name for one in everything()} - {one.name for one in kept}

    def stays(item: Any) -> bool:
        return not (isinstance(item, Mapping) and absent.intersection(map(str, item.values())))

    return [
        replace(
            one,
            spec={
                name: [item for item in value if stays(item)] if isinstance(value, list) else value
                for name, value in one.spec.items()
            },
        )
        for one in kept
    ]


def staying() -> list[Specimen]:
    """The bare documents of the kinds that `up` never deletes, without what such objects own.

    Okta refuses to delete what such an object refers to: those that need an object that `up` deletes are omitted.
    """
    alone = [
        replace(one, spec={name: value for name, value in one.spec.items() if name not in _owning(one.kind)})
        for one in bare()
        if not one.kind.shape.deletable and not _stays_for_good(one)
    ]
    return [
        one
        for one in alone
        if not any(kind_named(each.kind).shape.deletable for each in references(one.kind.fields, one.spec))
    ]


def _stays_for_good(one: Specimen) -> bool:
    """Whether the object, or the one that it belongs to, is created, and `up` does not delete it."""
    shape = one.kind.shape
    if one.kind.owned_by and (owner := _named(str(one.spec.get(one.kind.owned_by, "")))):
        return _stays_for_good(owner)
    if shape.deletable or not shape.creatable:
        return False
    if (one.kind.name, one.spec.get("key")) in _NOT_AT_FIRST:
        return True
    return not shape.in_every_tenant(encode(one.kind.fields, one.spec, Vocabulary.API))


_NOT_AT_FIRST = {("authenticator", "webauthn")}
"""What every tenant can have once, and a new one does not have."""


def _named(name: str) -> Specimen | None:
    """The specimen with this name, which may be qualified by its kind; None for what every tenant has."""
    return next((one for one in everything() if one.name == name.rpartition(" ")[2]), None)


def _owning(kind: Kind) -> set[str]:
    return {field.name for field in schema(kind.fields) if field.owns}


def documented() -> Iterator[Kind]:
    """The kinds that have documents of their own."""
    return (kind for kind in kinds() if not kind.parents)


def updated() -> Iterator[Kind]:
    """The kinds whose objects can be updated. Objects of the others are replaced whenever they change."""
    return (kind for kind in kinds() if not all(field.replaces for field in schema(kind.fields)))


def variants(path: str) -> Mapping[str, Variant]:
    """The variants of a kind, or of a part at a path such as `saml-app.attribute_statements`."""
    return VARIANTS.get(path) or _of_test_module(path) or {"one": {}}


def _of_test_module(path: str) -> Mapping[str, Variant] | None:
    kind, _, within = path.partition(".")
    known = all_about().get(kind)
    return known.variants.get(within) if known else None


def filled(model: type[Part], variant: str, path: str = "") -> dict[str, Any]:
    """A spec with every field of the model, except those that the variant omits."""
    path = path or _path(model)
    fixed = variants(path)[variant]
    spec: dict[str, Any] = {}
    for field in schema(model):
        if field.name in fixed:
            spec[field.name] = fixed[field.name]
        elif field.name == _label(model):
            spec[field.name] = _name(field, f"{path} {variant}")
        elif not (field.name == "priority" and kind_of_fields(model) is not None):
            spec[field.name] = _filled_value(field, spec, path)
    return {name: value for name, value in spec.items() if value is not OMIT}


def needed(model: type[Part], variant: str, path: str = "") -> dict[str, Any]:
    """A spec with the fields it needs to be valid; so are its children."""
    path = path or _path(model)
    full = filled(model, variant, path)
    known = all_about().get(path)
    of_okta = NEEDED_BY_OKTA.get((path, variant), ()) or (known.needed.get(variant, ()) if known else ())
    spec = {
        field.name: full[field.name]
        for field in schema(model)
        if field.name in full and (field.info.is_required() or field.name in of_okta)
    }
    optional = [name for name in full if name not in spec]
    additions = (chosen for size in range(3) for chosen in combinations(optional, size))
    spec |= next(
        extra for chosen in additions if _is_valid(model, spec | (extra := {name: full[name] for name in chosen}))
    )
    for field in schema(model):
        if field.owns and variants(path)[variant].get(field.name) is not OMIT:
            spec[field.name] = full[field.name] if full.get(field.name) == [] else _owned(field, needed)
    return spec


def _owned(field: Field, made: Callable[..., dict[str, Any]]) -> list[Any]:
    assert field.owns
    kind = kind_named(field.owns.kind)
    if not field.owns.whole:
        return [made(kind.fields, variant) for variant in variants(kind.name)]
    (only,) = schema(kind.fields)
    path = f"{kind.name}.{only.name}"
    if only.part is None:
        values: list[Any] = _filled_value(only, {}, path)
        return values
    return [made(only.part, variant, path) for variant in variants(path)]


def _path(model: type[Part]) -> str:
    kind = kind_of_fields(model)
    return kind.name if kind else ""


def _label(model: type[Part]) -> str:
    kind = kind_of_fields(model)
    label = kind.label_field if kind else "name"
    is_text = any(
        field.name == label and field.shape == "one" and not field.ref and not _options(field)
        for field in schema(model)
    )
    return label if is_text else ""


def _name(field: Field, text: str) -> str:
    forms = (text, text[:50].strip(), text.replace(" ", "-"), text.replace(" ", "_").replace("-", "_"))
    return next(name for name in forms if accepts(field, name))


def _filled_value(field: Field, spec: Mapping[str, Any], path: str) -> Any:
    if field.owns:
        return _owned(field, filled)
    if field.part:
        inner_path = f"{path}.{field.name}"
        items = [filled(field.part, variant, inner_path) for variant in variants(inner_path)]
        return items[0] if field.shape == "one" else items
    options = [value for value in values(field) if value != field.default(dict(spec))]
    return options[0]


def values(field: Field) -> Iterator[Any]:
    """Valid values of a field without parts, in canonical form; rarely the same as those of another field."""
    single = _single_values(field)
    if field.shape == "one":
        yield from single
        return
    singles = list(single)
    for size in (2, 1):
        for start in range(len(singles) - size + 1):
            yield sorted(singles[start : start + size]) if field.shape == "set" else singles[start : start + size]


def _single_values(field: Field) -> Iterator[Any]:
    options = _options(field)
    if options:
        yield from options
    elif field.ref:
        yield from _referring(field)
    elif field.person:
        yield from PEOPLE
    elif examples := field.info.examples or _examples(field.info.annotation):
        yield from examples
    else:
        wrap = (lambda value: value) if field.shape == "one" else (lambda value: [value])
        yield from (value for value in _candidates(field) if accepts(field, wrap(value)))


def _referring(field: Field) -> Iterator[str]:
    """Values with references to objects that exist when every specimen does."""
    assert field.ref
    if field.ref.in_text:
        for example in field.info.examples or _examples(field.info.annotation):
            yield re.sub(r"\{([^ ]+) [^}]+\}", lambda found: f"{{{found[1]} {_referred(found[1])[0]}}}", example)
    elif field.ref.with_kind:
        yield from (f"{kind} {name}" for kind in field.refers_to for name in _referred(kind)[:1])
        yield from (f"{USER} {login}" for login in PEOPLE if field.ref.people)
    else:
        yield from _referred(field.refers_to[0])


def with_list_words(field: Field, value: Any) -> Any:
    """The value with the word of a shared list instead of a kind: an address does not say more."""
    if not (field.ref and field.ref.in_text and value):
        return value
    words = {kind.name: kind.shape.others or kind.name for kind in kinds()}
    return in_order(re.sub(r"\{([^ ]+) ", lambda found: f"{{{words[found[1]]} ", text) for text in value)


@cache
def _referred(kind: str) -> tuple[str, ...]:
    """Names that exist when every specimen does."""
    return tuple(f"{kind}-{variant}" for variant in variants(kind)) + tuple(
        known.name for known in kind_named(kind).system[:2]
    )


def is_choice(field: Field) -> bool:
    """Whether the field has one of a few values."""
    return bool(_options(field))


def _options(field: Field) -> Sequence[Any]:
    """The values of a `Literal` or a boolean."""
    annotation = field.info.annotation
    found: list[Any] = []

    def collect(inner: Any) -> None:
        if inner is bool:
            found.extend((True, False))
        elif get_origin(inner) is Literal:
            found.extend(get_args(inner))
        elif get_origin(inner) is dict:
            return
        elif get_origin(inner) is Annotated:
            collect(get_args(inner)[0])
        else:
            for argument in get_args(inner):
                collect(argument)

    if field.part is None:
        collect(annotation)
    return found


def _examples(annotation: Any) -> list[Any]:
    """The examples that a type has, or the type of the items of a list."""
    found = (examples for one in getattr(annotation, "__metadata__", ()) if (examples := getattr(one, "examples", ())))
    inner = (examples for one in get_args(annotation) if (examples := _examples(one)))
    return next(found, None) or next(inner, [])


def _candidates(field: Field) -> Iterator[Any]:
    """Values that fit one type of field or another, the most general first."""
    word = field.name.replace("_", "-")
    start = 3 + sum(map(ord, field.name)) % 7  # numbers that two fields seldom share
    for turn in ("first", "second", "third"):
        yield f"{field.name} {turn}"
        yield f"https://{turn}.example.com/{word}"
        yield f"https://{word}-{turn}.example.com"
        yield f'user.{field.name} == "{turn}"'
    yield from ("PT3H", "PT4H30M", "P1D")
    yield from ("198.51.100.0/24", "203.0.113.7-203.0.113.9", "192.0.2.0/28")
    yield from ("NO", "US-CA", "PT")
    yield from ("64496", "64497", "64498")
    yield from ("Zmlyc3Q=", "c2Vjb25k")
    yield f"env:{SECRET}"
    yield from range(start, start + 3)
    yield from range(60 + start, 63 + start)
    yield {"login": False}
    yield {"login": True}
    yield {"role": f"{word}-first"}
    yield {"role": f"{word}-second"}


def accepts(field: Field, value: Any) -> bool:
    """Whether the field's own type takes the value."""
    try:
        _adapter(field).validate_python(value)
    except ValidationError:
        return False
    return True


_adapters: dict[int, TypeAdapter[Any]] = {}


def _adapter(field: Field) -> TypeAdapter[Any]:
    """Validates values of one field; fields live as long as their models, so that their identity tells them apart."""
    if id(field.info) not in _adapters:
        annotation: Any = field.info.annotation
        _adapters[id(field.info)] = TypeAdapter(Annotated[annotation, "and its markers:", *field.info.metadata])
    return _adapters[id(field.info)]


def _is_valid(model: type[Part], spec: Mapping[str, Any]) -> bool:
    try:
        model.model_validate(spec)
    except ValidationError:
        return False
    return True
