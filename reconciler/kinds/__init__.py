"""The kinds of Okta objects: one module each, and everything that the project knows of it.

A new kind is a module with a registered class, and its name in the list below.
"""

# The order is the order in which kinds are applied and shown: what is referred to comes first.
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
    authorization_server,
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
]
