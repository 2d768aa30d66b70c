"""Reports to render: one of everything, one of nothing, one that is hostile, and as many as are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from reconciler.definitions.model import Address, Ignore, Source
from reconciler.drift.differences import differences
from reconciler.drift.findings import Attribution, Difference, Finding, Severity, Verdict
from reconciler.drift.relations import Relation
from reconciler.drift.run import DriftReport
from reconciler.drift.severity import rate
from reconciler.engine.changes import Change, Changes, Operation
from reconciler.kinds import kinds
from reconciler.kinds.mapping import schema
from reconciler.plan import AffectedObject, Effect, FieldChange, GuardResult, Override, PlannedChange, Rename
from reconciler.report import ComparedWith, PlanReport

STARTED = datetime(2026, 3, 1, 2, 0, 7, tzinfo=UTC)
COMMIT = "3f2a9c1d5e7b8a6f4c2d0e1b3a5968778695a4b3"

_CONSOLE: dict[str, Any] = {
    "kind": "oidc-app",
    "name": "payments-console",
    "label": "Payments console",
    "okta_id": "0oa1ab2cd3EF4gh5I697",
}
_PAYMENTS = "definitions/apps/payments.yaml"
_SESSION: dict[str, Any] = {
    "kind": "authentication-policy",
    "name": "phishing-resistant",
    "label": "Phishing resistant",
    "okta_id": "rst9zy8xw7VU6ts5R697",
}
_FROM_THE_OFFICE: dict[str, Any] = {
    "name": "From the office",
    "status": "ACTIVE",
    "access": "ALLOW",
    "factor_mode": "2FA",
    "constraints": [],
}

_KIM = Attribution(
    "kim.ito@lumenpay.example",
    "00u4kim5ITO6lp7A697",
    datetime(2026, 2, 28, 21, 14, 2, tzinfo=UTC),
    "198.51.100.23",
    "application.lifecycle.update",
    False,
)
_LATER = replace(_KIM, time=datetime(2026, 2, 28, 21, 40, 51, tzinfo=UTC))
_PIPELINE = Attribution(
    "reconciler-production",
    "0oaReconciler1A697",
    datetime(2026, 2, 27, 9, 2, 30, tzinfo=UTC),
    "",
    "group.lifecycle.create",
    True,
)
_BREAK_GLASS = Attribution(
    "break-glass@lumenpay.example",
    "00u0break1GLASS2A697",
    datetime(2026, 3, 1, 0, 31, 9, tzinfo=UTC),
    "203.0.113.77",
    "oauth2.as.deleted",
    False,
)

NOTE = "the baseline s3://lumenpay-state/baselines/production.json.gz cannot be read: Access Denied"
RELATIONS = (
    Relation(("app-group-assignments", "payments-console"), ("oidc-app", "payments-console"), False),
    Relation(
        ("authentication-policy", "phishing-resistant"), ("authentication-policy-rules", "phishing-resistant"), True
    ),
    Relation(("oidc-app", "payments-console"), ("authentication-policy", "phishing-resistant"), False),
    Relation(("oidc-app", "settlement"), ("authentication-policy", "phishing-resistant"), False),
    Relation(("saml-app", "ledger"), ("authentication-policy", "phishing-resistant"), False),
)
"""The relations in the sample."""


def entry(reason: str, line: int, *, owner: str = "payments") -> Ignore:
    """An entry of ignore.yaml."""
    place = Source("definitions/ignore.yaml", line, 3)
    return Ignore("oidc-app", "courier", None, None, reason, owner, date(2026, 12, 31), place)


IGNORED: dict[Ignore, list[Finding]] = {
    entry("The vendor moves to another site.", 7): [
        rate(
            Finding(
                Verdict.CHANGED,
                "oidc-app",
                "courier",
                "Courier",
                okta_id="0oa8co9ur0IE1r2R697",
                field="redirect_uris",
                expected=["https://courier.example/callback"],
                applied=["https://courier.example/callback"],
                actual=["https://courier.example.net/callback"],
                differences=[
                    Difference("redirect_uris[https://courier.example.net/callback]", None, True),
                    Difference("redirect_uris[https://courier.example/callback]", True, None),
                ],
                source=Source(_PAYMENTS, 91, 5),
                attribution=_KIM,
            ),
        ),
        rate(
            Finding(
                Verdict.CHANGED,
                "oidc-app",
                "courier",
                "Courier",
                okta_id="0oa8co9ur0IE1r2R697",
                field="label",
                expected="Courier",
                applied="Courier",
                actual="Courier (new)",
                source=Source(_PAYMENTS, 88, 3),
            ),
        ),
    ],
    entry("It was repaired long ago.", 15): [],
}
"""What entries of ignore.yaml cover in the sample."""


def everything() -> list[Finding]:
    """A finding of each verdict, and each way in which a value can differ; rated as drift detection rates them."""
    return [rate(finding) for finding in _everything()]


def _everything() -> list[Finding]:
    return [
        Finding(
            Verdict.CHANGED,
            **_CONSOLE,
            field="redirect_uris",
            expected=["https://console.lumenpay.example/oauth/callback", "https://console.lumenpay.example/test"],
            applied=["https://console.lumenpay.example/oauth/callback", "https://console.lumenpay.example/test"],
            actual=["https://console.lumenpay.example/oauth/callback", "http://localhost:8080/callback"],
            differences=[
                Difference("redirect_uris[http://localhost:8080/callback]", None, True),
                Difference("redirect_uris[https://console.lumenpay.example/test]", True, None),
            ],
            source=Source(_PAYMENTS, 10, 5),
            attribution=_KIM,
        ),
        Finding(
            Verdict.CHANGED,
            **_CONSOLE,
            field="login_uri",
            expected="https://console.lumenpay.example/login",
            applied="https://console.lumenpay.example/login",
            actual="https://console.lumenpay.example.evil.example/login",
            source=Source(_PAYMENTS, 18, 3),
            attribution=_KIM,
        ),
        Finding(
            Verdict.CHANGED,
            **_CONSOLE,
            field="consent_method",
            expected="TRUSTED",
            applied="TRUSTED",
            actual="REQUIRED",
            inherited=True,
            source=Source(_PAYMENTS, 3, 1),
        ),
        Finding(
            Verdict.CONFLICT,
            **_CONSOLE,
            field="refresh_token_leeway",
            expected=30,
            applied=0,
            actual=60,
            source=Source(_PAYMENTS, 17, 3),
            attribution=_LATER,
        ),
        Finding(
            Verdict.CHANGED,
            "oidc-app",
            "settlement",
            "Settlement run",
            okta_id="0oa5mn6op7QR8st9U697",
            field="jwks",
            expected=[{"kid": "settlement-2025-03", "kty": "EC", "x": "biGMdzOT1xj2", "y": "hyrD20PazbMK"}],
            applied=[{"kid": "settlement-2025-03", "kty": "EC", "x": "biGMdzOT1xj2", "y": "hyrD20PazbMK"}],
            actual=[
                {"kid": "settlement-2025-03", "kty": "EC", "x": "biGMdzOT1xj2", "y": "AAAA20PazbMK"},
                {"kid": "somebody-else", "kty": "RSA", "e": "AQAB", "n": "0vx7agoebGcQSuuPiLJXZ" * 14},
            ],
            differences=[
                Difference("jwks[settlement-2025-03].y", "hyrD20PazbMK", "AAAA20PazbMK"),
                Difference(
                    "jwks[somebody-else]",
                    None,
                    {"kid": "somebody-else", "kty": "RSA", "e": "AQAB", "n": "0vx7agoebGcQSuuPiLJXZ" * 14},
                ),
            ],
            source=Source(_PAYMENTS, 66, 5),
            attribution=_LATER,
        ),
        Finding(
            Verdict.BEYOND,
            "oidc-app",
            "settlement",
            "Settlement run",
            okta_id="0oa5mn6op7QR8st9U697",
            field="credentials.signing.kid",
            expected="k1-2025-11",
            applied="k1-2025-11",
            actual="k2-2026-02",
            differences=[Difference("credentials.signing.kid", "k1-2025-11", "k2-2026-02")],
            detail="definitions do not cover it; changed since the last `up`",
        ),
        Finding(
            Verdict.EXPIRED,
            "oidc-app",
            "settlement",
            "settlement",
            field="response_types",
            source=Source("definitions/ignore.yaml", 1, 3),
            detail="ignored until 2026-02-28 (The vendor changes it.): ask payments",
        ),
        Finding(
            Verdict.CHANGED,
            "authentication-policy-rules",
            "phishing-resistant",
            "Phishing resistant",
            okta_id="rst9zy8xw7VU6ts5R697",
            field="rules",
            expected=[_FROM_THE_OFFICE],
            applied=[_FROM_THE_OFFICE],
            actual=[_FROM_THE_OFFICE | {"factor_mode": "1FA"}],
            differences=[Difference("rules[From the office].factor_mode", "2FA", "1FA")],
            source=Source("definitions/policies/authentication.yaml", 31, 7),
            attribution=replace(_BREAK_GLASS, event="policy.rule.update"),
        ),
        Finding(
            Verdict.PENDING,
            **_SESSION,
            field="description",
            expected="For everything that moves money",
            applied="",
            actual="",
            source=Source("definitions/policies/authentication.yaml", 22, 3),
        ),
        Finding(
            Verdict.MISSING,
            "authorization-server",
            "payments",
            "Payments API",
            okta_id="aus3er4ty5UI6op7A697",
            source=Source("definitions/authorization/payments-api.yaml", 2, 1),
            detail="deleted in the tenant, with the objects it owned (7)",
            attribution=_BREAK_GLASS,
        ),
        Finding(
            Verdict.PENDING,
            "network-zone",
            "datacenter-frankfurt",
            "Datacenter Frankfurt",
            source=Source("definitions/network/zones.yaml", 24, 1),
            detail="declared, not applied yet",
        ),
        Finding(
            Verdict.UNMANAGED,
            "trusted-origin",
            "",
            "Marketing microsite (ask Kim)",
            okta_id="tos7gh8jk9LZ0xc1V697",
            detail="not declared",
        ),
        Finding(
            Verdict.UNMANAGED,
            "group",
            "",
            "tmp-admins",
            okta_id="00g2we3rt4YU5io6P697",
            detail="not declared",
            attribution=_PIPELINE,
        ),
        Finding(
            Verdict.UNREADABLE,
            "group-rule",
            "",
            "",
            detail="GET /api/v1/groups/rules was refused (403, E0000006): the scope okta.groups.read is missing",
        ),
    ]


def report(findings: list[Finding] | None = None) -> DriftReport:
    """A run with these findings; with one of everything by default."""
    return DriftReport(
        environment="production",
        url="https://lumenpay.okta.com",
        started=STARTED,
        seconds=3.214,
        requests=31,
        objects={"group": 24, "oidc-app": 6, "network-zone": 5, "authentication-policy": 4, "trusted-origin": 3},
        declared=71,
        findings=everything() if findings is None else findings,
        commit=COMMIT,
        definitions_digest="5f" * 32,
        relations=RELATIONS if findings is None else (),
        names=[
            ("group", "payments-operators"),
            ("network-zone", "datacenter-frankfurt"),
            ("authentication-policy", "phishing-resistant"),
            ("authentication-policy-rules", "phishing-resistant"),
            ("oidc-app", "payments-console"),
            ("oidc-app", "settlement"),
            ("authorization-server", "payments"),
        ],
        tenant_location=Source("definitions/environments/production.yaml", 3, 8),
        watched={} if findings is not None else {"identity-provider": 2, "log-stream": 1},
        not_visible={} if findings is not None else {"api-token": "403 You do not have permission"},
        ignored=IGNORED if findings is None else {},
        notes=() if findings is not None else (NOTE,),
    )


def many(count: int) -> DriftReport:
    """As many findings as are asked for, on objects with three to six findings each."""
    fields = [finding for finding in everything() if finding.field]
    found = [
        replace(
            fields[number % len(fields)],
            name=f"{fields[number % len(fields)].name}-{number // len(fields):05}",
            source=Source(f"definitions/apps/team-{number % 40:02}.yaml", number % 900 + 1, 5),
        )
        for number in range(count)
    ]
    return report(sorted(found, key=lambda finding: (finding.kind, finding.name)))


def plan(*, applied: bool = False, failures: tuple[str, ...] = ()) -> PlanReport:
    """A plan with one change of each operation, and a few more."""
    changes = [
        Change(Operation.CREATE, "network-zone", "datacenter-frankfurt"),
        Change(Operation.CREATE, "group", "contractors"),
        Change(
            Operation.UPDATE, "oidc-app", "payments-console", ("login_uri", "redirect_uris", "refresh_token_leeway")
        ),
        Change(Operation.REPLACE, "oidc-app", "courier", ("type",)),
        Change(Operation.DELETE, "group", "interns"),
        Change(Operation.IMPORT, "trusted-origin", "console"),
    ]
    return PlanReport(
        environment="staging",
        url="https://lumenpay-staging.oktapreview.com",
        changes=Changes(
            {change.name: change for change in changes},
            failures=list(failures),
            unchanged=66,
            completed={change.name for change in changes} if applied else set(),
        ),
        applied=applied,
        commit=COMMIT,
        compared_with=ComparedWith(True, STARTED - timedelta(days=2)),
    )


def planned_change(
    operation: Operation,
    kind: str,
    name: str,
    *fields: FieldChange,
    severity: Severity = Severity.INFO,
    rules: tuple[str, ...] = (),
    line: int = 0,
    **more: Any,
) -> PlannedChange:
    source = more.pop("source", Source(_PAYMENTS, line, 3) if line else None)
    address = Address(kind, name)
    return PlannedChange(
        operation, address, f"urn:{name}", name, fields=fields, severity=severity, rules=rules, source=source, **more
    )


def field_change(name: str, old: Any, new: Any, **more: Any) -> FieldChange:
    """A field that changes, with the paths at which its values differ."""
    (known,) = [one for kind in kinds() for one in schema(kind.fields) if one.name == name][:1]
    return FieldChange(name, old, new, differences=differences(known, old, new), **more)


_OFFICE_RULE = {"name": "From the office", "access": "ALLOW", "factor_mode": "2FA", "status": "ACTIVE"}
_CONTRACTORS_RULE = {"name": "Contractors", "access": "DENY", "factor_mode": "2FA", "status": "ACTIVE"}

PLANNED = (
    planned_change(Operation.DELETE, "group", "interns", severity=Severity.MEDIUM, okta_id="00gIn7erns"),
    planned_change(
        Operation.REPLACE,
        "oidc-app",
        "courier",
        field_change("type", "web", "native"),
        severity=Severity.HIGH,
        rules=("proof-weakened",),
        okta_id="0oaC0ur1er",
        line=91,
    ),
    planned_change(
        Operation.UPDATE,
        "authentication-policy-rules",
        "phishing-resistant",
        field_change("rules", [_OFFICE_RULE], [_OFFICE_RULE | {"factor_mode": "1FA"}, _CONTRACTORS_RULE]),
        severity=Severity.CRITICAL,
        rules=("mfa-weakened",),
        line=12,
    ),
    planned_change(
        Operation.UPDATE,
        "oidc-app",
        "payments-console",
        FieldChange("client_secret", secret=True),
        field_change(
            "redirect_uris",
            ["https://console.lumenpay.example/callback", "https://old.lumenpay.example/callback"],
            ["https://console.lumenpay.example/callback", "https://pay.lumenpay.example/callback"],
        ),
        field_change("label", "Payments console (test)", "Payments console", drifted=True),
        FieldChange("login_uri", "https://pay.lumenpay.example", "https://pay.lumenpay.example"),
        severity=Severity.CRITICAL,
        rules=("redirects-widened",),
        line=17,
    ),
    planned_change(
        Operation.CREATE,
        "network-zone",
        "datacenter-frankfurt",
        FieldChange("name", None, "Datacenter Frankfurt"),
        FieldChange("gateways", None, ["198.51.100.0/24"]),
        line=40,
    ),
    planned_change(Operation.CREATE, "group", "contractors", FieldChange("name", None, "Contractors"), recreated=True),
    planned_change(
        Operation.DELETE,
        "app-group-assignments",
        "payments-console/everyone",
        severity=Severity.MEDIUM,
        list_of=Address("app-group-assignments", "payments-console"),
    ),
)
"""A change of each sort, with values."""
_OVERRIDE = Override(
    "unmanaged-affected", "group interns", "The programme ended in May.", "kim.ito", STARTED - timedelta(hours=3)
)
GUARDS = (
    GuardResult(
        "sign-in-weakened",
        "authentication-policy-rules phishing-resistant",
        "Sign-in would become weaker",
        "rules would change: sign-ins will need fewer or weaker factors (mfa-weakened)",
        "keep what is required today; if some sign-ins need less, add a separate rule for a group or a zone",
        Source(_PAYMENTS, 12, 3),
    ),
    GuardResult(
        "unmanaged-affected",
        "group interns",
        "Unmanaged objects would be affected",
        "1 object: group-rule By hand (in groups)",
        "change or remove them in Okta first, or adopt them (`reconciler adopt`)",
        override=_OVERRIDE,
    ),
)
"""A guard that refuses, and one that is overridden."""
_WIKI = AffectedObject("oidc-app", "Wiki", "0oaW1k1", managed=True)
_PAYROLL = AffectedObject("saml-app", "Payroll", "0oaPay2", managed=False)
_STRICT = Address("authentication-policy", "strict")
EFFECTS = (
    Effect(Address("group", "interns"), "members-leave", "30 people leave the group Interns", 30),
    Effect(
        _STRICT,
        "apps-move",
        "2 apps move to the policy Any two factors, which asks for fewer or weaker factors: payroll, "
        "Wiki (not managed)",
        objects=(replace(_PAYROLL, name="payroll", managed=True), replace(_WIKI, managed=False)),
        becomes="Any two factors",
        weaker="which asks for fewer or weaker factors",
    ),
    Effect(
        Address("group", "interns"),
        "access-lost",
        "Up to 30 people lose 2 apps with the group Interns: wiki (still assigned to Staff), Payroll (not managed)",
        30,
        at_most=True,
        objects=(replace(_WIKI, name="wiki"), _PAYROLL),
    ),
    Effect(
        Address("group", "interns"),
        "becomes-invalid",
        "The group rule By hand (not managed) becomes INVALID, because it names the group Interns",
        objects=(AffectedObject("group-rule", "By hand", "0prByHand", managed=False),),
        becomes="INVALID",
    ),
)
"""The effects of two changes."""


RENAMES = (
    Rename(
        planned_change(Operation.DELETE, "group", "interns", okta_id="00gIn7erns"),
        planned_change(Operation.CREATE, "group", "trainees", line=52),
    ),
)


def reviewed(*, applied: bool = False) -> PlanReport:
    """A plan with values, effects and results of guards; after a run, with outcomes."""
    changes = {
        f"urn:{one.address.name}": Change(
            one.operation,
            *one.address,
            tuple(each.field for each in one.fields if not each.drifted),
            tuple(each.field for each in one.fields if each.drifted),
            one.recreated,
        )
        for one in PLANNED
    }
    done = set(list(changes)[1:]) if applied else set()
    outcomes = Changes(changes, unchanged=66, completed=done, failed=set(list(changes)[:1]) if applied else set())
    guards = tuple(replace(one, override=replace(_OVERRIDE, rule=one.rule, object=one.object)) for one in GUARDS)
    return replace(
        plan(applied=applied),
        changes=outcomes,
        planned=PLANNED,
        guards=guards if applied else GUARDS,
        effects=EFFECTS,
        renames=() if applied else RENAMES,
    )


def account() -> PlanReport:
    """The account of a run that was interrupted, after something failed."""
    failure = "group auditors: error: 403 E0000006: no permission"
    changes = {
        "a": Change(Operation.DELETE, "group", "interns"),
        "b": Change(Operation.CREATE, "group", "contractors"),
        "c": Change(Operation.CREATE, "group", "auditors"),
        "d": Change(Operation.UPDATE, "oidc-app", "payments-console", ("login_uri",)),
        "e": Change(Operation.REPLACE, "oidc-app", "courier", ("type",)),
    }
    never = [
        Change(Operation.DELETE, "network-zone", "old-office"),
        Change(Operation.IMPORT, "trusted-origin", "console", ("name",)),
    ]
    became = Changes(
        changes,
        [failure],
        unchanged=66,
        completed={"a", "b"},
        failed={"c"},
        not_tried=never,
        interrupted=True,
        _gone={"e"},
    )
    url = "https://lumenpay-staging.oktapreview.com"
    return PlanReport("staging", url, became, applied=True, commit=COMMIT, dirty=True, verb="repair")


HOSTILE = (
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "' onmouseover='alert(1)",
    "</details></code>`|`` ~~~ \\| |",
    "line\nend\r\n\t\x1b[31mred\x1b[0m\x9b\u202egnp.exe",
    "@everyone #1 [x](javascript:alert(1)) ![y](https://evil.example/p.png) https://evil.example www.evil.example",
    "{{ 7 * 7 }} ${{ secrets.TOKEN }} {% raw %}",
    "-->]]><![CDATA[\ud800",
)
"""Texts that want to be more than text, in one format or another."""


def hostile() -> DriftReport:
    """A report in which everything that could come from a tenant or a file wants to be more than text."""
    found = [
        finding
        for number, text in enumerate(HOSTILE)
        for finding in (
            Finding(
                Verdict.CHANGED,
                "group",
                text,
                f"label {text}",
                okta_id=f"id {text}",
                field="description",
                expected=text,
                applied=text,
                actual=[text, {text: text}],
                differences=[Difference(f"description[{text}]", text, {text: [text]})],
                source=Source(f"{text}.yaml", number + 1, 1),
                detail=f"detail {text}",
                rules=(text,),
                attribution=Attribution(text, text, STARTED + timedelta(seconds=number), text, text, False),
            ),
            Finding(Verdict.UNMANAGED, "group", "", text, okta_id=f"00g{number}", detail=f"detail {text}"),
        )
    ]
    hanging = [Relation(("group", text), ("group", other), False) for text, other in pairwise(HOSTILE)]
    return replace(
        report(found),
        environment=HOSTILE[0],
        url=HOSTILE[1],
        commit=HOSTILE[2],
        relations=hanging,
        ignored={
            entry(text, number, owner=text): [replace(found[0], name=text)]
            for number, text in enumerate(HOSTILE, start=1)
        },
        notes=HOSTILE,
    )


def hostile_plan() -> PlanReport:
    """A plan in which everything that could come from a tenant or a file wants to be more than text."""
    planned = [
        planned_change(
            operation,
            "oidc-app",
            f"{text}{operation}",
            FieldChange("label", text, [text], differences=[Difference(f"label[{text}]", text, {text: text})]),
            rules=(text,),
            okta_id=text,
            source=Source(f"{text}.yaml", 1, 1),
        )
        for text in HOSTILE
        for operation in (Operation.UPDATE, Operation.DELETE, Operation.CREATE)
    ]
    changes = {f"{one.address}": Change(one.operation, *one.address) for one in planned}
    override = Override("a-rule", "", "", "", STARTED)
    guards = [GuardResult("a-rule", text, text, text, text, Source(text, 1, 1)) for text in HOSTILE]
    guards += [
        replace(one, override=replace(override, object=one.object, reason=one.title, by=one.title)) for one in guards
    ]
    effects = [
        Effect(
            Address("group", text),
            "an-effect",
            text,
            2,
            objects=[AffectedObject("group", text, text, False)],
            becomes=text,
        )
        for text in HOSTILE
    ]
    return PlanReport(
        HOSTILE[0],
        HOSTILE[1],
        Changes(changes, list(HOSTILE), list(HOSTILE)),
        commit=HOSTILE[2],
        planned=planned,
        guards=guards,
        effects=effects,
        renames=[Rename(planned[1], planned[2])],
    )


def long_plan(count: int, operation: Operation = Operation.UPDATE) -> PlanReport:
    """A plan with this many changes of one operation."""
    field = field_change("label", "a" * 300, "b" * 300)
    planned = [planned_change(operation, "oidc-app", f"app-{number:05}", field) for number in range(count)]
    changes = {one.urn: Change(operation, *one.address, ("label",)) for one in planned}
    return PlanReport("staging", "https://a.example", Changes(changes), planned=planned)
