"""What each effect means, by its id. Ids never change: reports and guards refer to them."""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "members-leave": "A group goes, and its members leave it.",
    "roles-lost": "The members of a group that goes lose its admin roles.",
    "access-lost": "People lose an app: it goes or is switched off, or their group goes or is no longer assigned.",
    "access-gained": "People gain an app: one of their groups is assigned.",
    "apps-move": "Apps get another authentication policy: the default one if theirs is deleted.",
    "sign-in-changes": "A severity rule applies to a changed policy, and apps use the policy.",
    "next-policy-applies": "People get another session or password policy: the next one that names their group.",
    "policy-applies": "A session or password policy names a group that it did not name before.",
    "memberships-remain": "A group rule goes or is switched off, and the people whom it assigned stay in its groups.",
    "becomes-invalid": "An unmanaged group rule becomes `INVALID`, because one of its groups goes.",
    "conditions-change": "Policies and rules no longer name an object that goes, or name a zone that is switched off.",
    "names-nobody": "Policies and rules name only an object that goes. Okta does not document what becomes of them.",
    "deletion-refused": "Okta will refuse a deletion: a zone is the only one of a rule, or a group has push mappings.",
    "clients-lose-tokens": "Apps get no more tokens from an authorization server, or by one of its policies.",
    "client-id-lost": "The client id of an app stops working.",
    "not-known": "An object goes that could not be read, so its effects are not known.",
    "stops-working": "Something else stops working without the object.",
}
