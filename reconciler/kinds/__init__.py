"""The kinds of Okta objects: one module each, and everything that the project knows of it.

A new kind is a module with a registered class, and its name in the list below.
"""

# isort: off
# The order is the order in which kinds are applied and shown: what is referred to, and what owns, comes first.
from reconciler.kinds import (  # noqa: F401
    group,
    group_rule,
    network_zone,
    trusted_origin,
    global_session_policy,
    password_policy,
    authentication_policy,
    bookmark_app,
    oidc_app,
    saml_app,
    app_group_assignments,
    authorization_server,
)
# isort: on

from reconciler.kinds.kind import (
    Collection,
    Detail,
    Kind,
    Part,
    Spec,
    SystemObject,
    chain,
    kind_named,
    kind_of_resource,
    kind_of_word,
    kinds,
    owned_kinds,
    risks_of,
)

__all__ = [
    "Collection",
    "Detail",
    "Kind",
    "Part",
    "Spec",
    "SystemObject",
    "chain",
    "kind_named",
    "kind_of_resource",
    "kind_of_word",
    "kinds",
    "owned_kinds",
    "risks_of",
]
