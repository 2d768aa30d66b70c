"""What each effect means, by its id. Ids never change: reports and guards refer to them."""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "members-leave": "Members leave a group: it is removed, or its definition no longer names them.",
    "roles-lost": "People who leave a group lose its admin roles.",
    "access-lost": "People lose an app: it, or a group of theirs, is removed, switched off or no longer assigned.",
    "access-gained": "People gain an app: one of their groups is assigned.",
    "apps-move": "Apps get another authentication policy: the default one if theirs is deleted.",
    "sign-in-changes": "A severity rule applies to a changed policy, and apps use the policy.",
    "next-policy-applies": "People get another session or password policy: the next one that names their group.",
    "policy-applies": "A session or password policy names a group that it did not name before.",
    "memberships-remain": "A group rule is removed or switched off, and the people it assigned stay in its groups.",
    "becomes-invalid": "An unmanaged group rule becomes `INVALID`, because one of its groups is removed.",
    "conditions-change": "Policies and rules no longer name a removed object, or name a zone that is switched off.",
    "names-nobody": "Policies and rules name only a removed object. Okta does not document what happens to them.",
    "deletion-refused": "Okta will refuse a deletion: a zone is the only one of a rule, or a group has push mappings.",
    "clients-lose-tokens": "Apps get no more tokens from an authorization server, or by one of its policies.",
    "client-id-lost": "The client id of an app stops working.",
    "not-known": "A removed object could not be read, so its effects are not known.",
    "stops-working": "Something else stops working without the object.",
}
