"""The kinds of Okta objects: one module each, and everything that the project knows of it.

A new kind is a module with a registered class, and its name in the list below.
"""

# The order is the order in which kinds are applied and shown: what is referred to comes first.
from reconciler.kinds import (  # noqa: F401
    authentication_policy,
    authorization_server,
    bookmark_app,
    global_session_policy,
    group,
    group_rule,
    network_zone,
    oidc_app,
    password_policy,
    saml_app,
    trusted_origin,
)
from reconciler.kinds.kind import (
    Collection,
    Kind,
    Part,
    Spec,
    SystemObject,
    chain,
    kind_named,
    kind_of_resource,
    kinds,
    owned_kinds,
)

__all__ = [
    "Collection",
    "Kind",
    "Part",
    "Spec",
    "SystemObject",
    "chain",
    "kind_named",
    "kind_of_resource",
    "kinds",
    "owned_kinds",
]
