"""Group push: the groups that Okta pushes to an app."""

from __future__ import annotations

from reconciler.kinds.apps import APPS_WITH_USER_NAMES, SCOPE, asked_if_it_provisions
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.provider import Provider
from reconciler.kinds.provisioning import PushGroup
from reconciler.kinds.shapes import Edge

PUSH_GROUP = register(
    Kind(
        name="push-group",
        resource="okta:index/pushGroup:PushGroup",
        fields=PushGroup,
        label_field="group",
        shape=Edge(path="group-push/mappings", scope=SCOPE, query="limit=1000"),
        provider=Provider(
            update_method="PATCH",
            inactive_to_delete=True,
            copied={"targetGroupName": ("group", "profile.name")},
            delete_query=lambda spec: f"deleteTargetGroup={str(spec.get('delete_target_group', True)).lower()}",
        ),
        parents=APPS_WITH_USER_NAMES,
        parent_arguments=("app_id",),
        of_owners=asked_if_it_provisions,
        not_declarable={
            "target_group_id": "the id of a group of the app. `target_group_name` names the group instead",
            "app_config": "only Active Directory needs it, which no kind declares",
        },
        generated=("targetGroupId",),
        events=("application.provision.group_push.", "app.user_management.grouppush."),
    )
)
