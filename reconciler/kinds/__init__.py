"""The kinds of Okta objects. Each kind has one module, with everything that the project knows about it.

To add a kind, write a module with a registered class and add its name to the list below.
"""

# isort: off
# Kinds are applied and shown in this order. Owners and referenced kinds come first.
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
    event_hook,
    user_type,
    linked_object,
    realm,
    custom_admin_role,
)
# isort: on

from reconciler.kinds.kind import (
    Detail,
    Kind,
    ListedBelow,
    Protection,
    SystemObject,
    chain,
    kind_named,
    kind_of_fields,
    kind_of_resource,
    kind_of_word,
    kinds,
    owned_kinds,
)
from reconciler.kinds.part import Part, Spec, risks_of
from reconciler.kinds.provider import Provider
from reconciler.kinds.shapes import Listed, Shape

__all__ = [
    "Detail",
    "Kind",
    "Listed",
    "ListedBelow",
    "Part",
    "Protection",
    "Provider",
    "Shape",
    "Spec",
    "SystemObject",
    "chain",
    "kind_named",
    "kind_of_fields",
    "kind_of_resource",
    "kind_of_word",
    "kinds",
    "owned_kinds",
    "risks_of",
]
