"""ThreatInsight: what Okta does with requests from addresses known for attacks."""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.conditions import more
from reconciler.kinds.fields import Api, Purpose, Relates, SetOf
from reconciler.kinds.kind import Kind, register
from reconciler.kinds.network_zone import ZoneRef
from reconciler.kinds.part import Part
from reconciler.kinds.provider import Provider
from reconciler.kinds.risks import Change, changed
from reconciler.kinds.shapes import Singleton
from reconciler.kinds.threats import EXEMPT_ZONE_FILLED, THREATS_UNBLOCKED

_ACTIONS = ("none", "audit", "block")
"""From the weakest to the strongest."""


def _weaker(change: Change) -> bool:
    """Okta does less than declared."""
    known = change.expected in _ACTIONS and change.actual in _ACTIONS
    return known and _ACTIONS.index(change.actual) < _ACTIONS.index(change.expected)


class ThreatInsight(Part):
    """What Okta does with requests from addresses known for attacks (`/api/v1/threats/configuration`).

    Every tenant has this setting once. A definition that is removed leaves it as it is.
    """

    risks = (
        changed(THREATS_UNBLOCKED, "action", when=_weaker),
        changed(EXEMPT_ZONE_FILLED, "network_excludes", when=more),
    )

    action: Literal["none", "audit", "block"]
    """`audit` logs such requests, `block` refuses them, too."""
    network_excludes: Annotated[SetOf[ZoneRef], Relates(Purpose.ZONE), Api("excludeZones")] = frozenset()
    """Network zones whose requests are never blocked."""


THREAT_INSIGHT = register(
    Kind(
        name="threat-insight",
        resource="okta:index/threatInsightSettings:ThreatInsightSettings",
        fields=ThreatInsight,
        shape=Singleton(
            path="/api/v1/threats/configuration", scope="okta.threatInsights", name="threat_insight_settings"
        ),
        provider=Provider(update_method="POST", reset={"action": "none"}),
        label_field="",
        fresh={"action": ("none",)},
        events=("security.threat.configuration.",),
    )
)
