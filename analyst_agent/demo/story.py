"""The story of the demo as numbers: every planted truth with its exact parameters, and nothing computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

SEED = 7
"""One of ten tried: what has no effect (region, industry) also looks like none in single months."""
TICKETS = 60_000
ACCOUNTS = 700
DEMO_TODAY = date(2026, 11, 3)
"""The demo workspace's fixed clock: last month is October 2026."""
FIRST_DAY = date(2024, 11, 1)
DATA_END = datetime(2026, 11, 2, 20, 0, 0)
"""UTC. What would happen later has not happened: those tickets are open."""

REASON_CODES: dict[str, str] = {
    "BUG-REGRESSION": "product_bug",
    "BUG-DEFECT": "product_bug",
    "BUG-PERF": "product_bug",
    "POL-REFUND": "policy_gap",
    "POL-CREDIT": "policy_gap",
    "POL-EXCEPTION": "policy_gap",
    "TRN-HANDLING": "training_gap",
    "TRN-NEWHIRE": "training_gap",
    "TRN-ACCESS": "training_gap",
    "PRC-ROUTING": "process_failure",
    "PRC-HANDOVER": "process_failure",
    "PRC-SLA": "process_failure",
    "DOC-MISSING": "documentation_gap",
    "DOC-OUTDATED": "documentation_gap",
}
"""Root cause of each reason code: the demo workspace writes it to `[root_causes]` of analyst.toml."""
UNMAPPED_CODES = ("OTHER", "MISC", "LEGACY-7")
"""Reason codes in the data that map to no root cause, on purpose: they are the `unclassified` of every answer."""
LEGACY_UNTIL = date(2025, 6, 30)
"""LEGACY-7 is a code of the helpdesk before this one; after this day agents write OTHER instead."""

# One tier really escalates more: the chance of every ticket is multiplied (per mille). Region and industry do nothing.
TIER_FACTOR = {"Enterprise": 1_650, "Business": 1_000, "Starter": 880}
PRIORITY_FACTOR = {"P1": 1_900, "P2": 1_250, "P3": 950, "P4": 600}
PRIORITY_WEIGHT = {"P1": 4, "P2": 20, "P3": 52, "P4": 24}
NO_ACCOUNT_FACTOR = 800
PUBLIC_SECTOR_ACCOUNTS = 5
"""Too small to say: five accounts of segment Public sector, a handful of tickets a month."""

REGION_WEIGHT = {"EMEA": 38, "AMER": 36, "APAC": 16, "LATAM": 10}
INDUSTRY_WEIGHT = {
    "Retail": 19,
    "Manufacturing": 18,
    "Software": 17,
    "Logistics": 14,
    "Healthcare": 12,
    "Finance": 12,
    "Education": 8,
}

# Release 31.3 went out in rings: share of customers on it from each day on (per mille).
REGRESSION_TOPIC = "report_timeout"
REGRESSION_RINGS = ((date(2026, 9, 21), 100), (date(2026, 9, 28), 350), (date(2026, 10, 5), 1_000))

# New starters in Frontline Coral escalate Sign-on tickets that level 1 should solve; a training ends that.
TRAINING_AREA = "Sign-on"
TRAINING_TEAM = "Frontline Coral"
NEW_STARTERS = 4
NEW_STARTERS_FROM = date(2026, 1, 12)
TRAINING_DAY = date(2026, 6, 16)
TRAINING_DONE = date(2026, 8, 16)
"""The extra escalations fall on a straight line from the training to this day, then stay at a tenth."""
TRAINING_EXTRA = 3_000
"""Extra chance in 10,000 that a new starter escalates a Sign-on ticket, before the training."""
TRAINING_CODES = (("TRN-NEWHIRE", 50), ("TRN-HANDLING", 38), ("TRN-ACCESS", 12))

# Escalated tickets nobody resolves, chance in 10,000: KI-12 waits for its fix, the policy gap for a decision.
STUCK = {"regression": 700, "policy": 320, "": 110}
STUCK_UNESCALATED = 35

ATTACK_CHANCE = 2
"""In 10,000 tickets: text that tries to instruct a machine that reads it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a ticket is about. `weight` is in 10,000 usual tickets; `escalation` the chance in 10,000 before factors."""

    name: str
    area: str
    category: str
    weight: int
    escalation: int
    codes: str
    hours: int
    to_team: str


# Reason codes and their weights, by kind of topic.
CODES: dict[str, tuple[tuple[str, int], ...]] = {
    "regression": (("BUG-REGRESSION", 70), ("BUG-PERF", 16), ("BUG-DEFECT", 5), ("OTHER", 6), ("MISC", 3)),
    "bug": (
        ("BUG-DEFECT", 46),
        ("BUG-PERF", 8),
        ("PRC-SLA", 12),
        ("DOC-OUTDATED", 6),
        ("TRN-HANDLING", 9),
        ("PRC-HANDOVER", 6),
        ("OTHER", 7),
        ("MISC", 3),
        ("LEGACY-7", 3),
    ),
    "slow": (
        ("BUG-PERF", 52),
        ("BUG-DEFECT", 12),
        ("PRC-SLA", 12),
        ("TRN-HANDLING", 10),
        ("OTHER", 8),
        ("MISC", 3),
        ("LEGACY-7", 3),
    ),
    "howto": (
        ("DOC-MISSING", 30),
        ("TRN-HANDLING", 26),
        ("DOC-OUTDATED", 14),
        ("PRC-SLA", 14),
        ("OTHER", 10),
        ("MISC", 6),
    ),
    "policy": (("POL-REFUND", 52), ("POL-CREDIT", 29), ("POL-EXCEPTION", 11), ("OTHER", 5), ("MISC", 3)),
    "money": (
        ("POL-EXCEPTION", 24),
        ("PRC-SLA", 22),
        ("BUG-DEFECT", 14),
        ("TRN-HANDLING", 12),
        ("PRC-HANDOVER", 10),
        ("POL-CREDIT", 7),
        ("OTHER", 6),
        ("MISC", 3),
        ("LEGACY-7", 2),
    ),
    "access": (
        ("TRN-ACCESS", 22),
        ("TRN-HANDLING", 18),
        ("BUG-DEFECT", 22),
        ("PRC-SLA", 18),
        ("DOC-OUTDATED", 8),
        ("OTHER", 7),
        ("MISC", 2),
        ("LEGACY-7", 3),
    ),
    "docs": (("DOC-MISSING", 46), ("DOC-OUTDATED", 38), ("BUG-DEFECT", 6), ("OTHER", 6), ("MISC", 4)),
    "process": (("PRC-ROUTING", 42), ("PRC-HANDOVER", 40), ("PRC-SLA", 9), ("OTHER", 6), ("MISC", 3)),
}

TOPICS: tuple[Topic, ...] = (
    # The regression of KI-12: no usual weight; the rings of release 31.3 add up to this many tickets to every 10,000.
    Topic(REGRESSION_TOPIC, "Reports", "Error", 1_150, 3_100, "regression", 20, "Product Support"),
    Topic("report_slow", "Reports", "Performance", 380, 620, "slow", 16, "Product Support"),
    Topic("report_numbers", "Reports", "Error", 360, 760, "bug", 22, "Product Support"),
    Topic("report_schedule", "Reports", "Error", 300, 480, "bug", 12, "Product Support"),
    Topic("report_howto", "Reports", "Question", 460, 220, "howto", 8, "Product Support"),
    # The policy gap: partial-month refunds take longest, because no rule says who may decide.
    Topic("partial_month", "Billing", "Refund", 270, 2_700, "policy", 62, "Duty Management"),
    Topic("invoice_question", "Billing", "Question", 520, 260, "money", 10, "Billing Desk"),
    Topic("card_failed", "Billing", "Error", 390, 420, "money", 12, "Billing Desk"),
    Topic("plan_change", "Billing", "Request", 320, 330, "money", 14, "Billing Desk"),
    Topic("sso_setup", "Sign-on", "Configuration", 420, 560, "access", 7, "Product Support"),
    Topic("mfa_reset", "Sign-on", "Access", 440, 360, "access", 5, "Product Support"),
    Topic("lockout", "Sign-on", "Access", 420, 360, "access", 5, "Product Support"),
    Topic("scim_sync", "Sign-on", "Error", 200, 620, "bug", 18, "Engineering Liaison"),
    # The documentation gap: signing of v2 webhooks.
    Topic("webhook_signing", "Integrations", "Question", 270, 2_050, "docs", 16, "Integrations Desk"),
    Topic("api_limits", "Integrations", "Request", 310, 420, "howto", 12, "Integrations Desk"),
    Topic("connector_sync", "Integrations", "Error", 460, 680, "bug", 24, "Integrations Desk"),
    Topic("app_crash", "Mobile", "Error", 380, 700, "bug", 26, "Engineering Liaison"),
    Topic("app_offline", "Mobile", "Error", 300, 480, "bug", 20, "Product Support"),
    Topic("app_push", "Mobile", "Configuration", 330, 280, "howto", 9, "Product Support"),
    Topic("digest_missing", "Notifications", "Error", 340, 320, "bug", 10, "Product Support"),
    Topic("duplicate_alerts", "Notifications", "Error", 330, 440, "bug", 14, "Product Support"),
    Topic("mail_bounce", "Notifications", "Configuration", 300, 340, "howto", 11, "Product Support"),
    Topic("roles", "Administration", "Access", 420, 280, "access", 7, "Product Support"),
    Topic("audit_log", "Administration", "Request", 260, 380, "howto", 13, "Product Support"),
    Topic("invites", "Administration", "Access", 400, 240, "access", 6, "Product Support"),
    Topic("import_fails", "Data import", "Error", 450, 600, "bug", 15, "Integrations Desk"),
    # The process failure: the web form routes migrations to the wrong queue, hand-overs come without a note.
    Topic("import_routing", "Data import", "Request", 280, 1_750, "process", 27, "Integrations Desk"),
    Topic("import_mapping", "Data import", "Question", 310, 380, "howto", 9, "Integrations Desk"),
)

# Team, level, cost an hour and head count. Frontline Coral takes half of all Sign-on tickets.
TEAMS = (
    ("Frontline Amber", "L1", 34, 8),
    ("Frontline Blue", "L1", 33, 8),
    ("Frontline Coral", "L1", 32, 7),
    ("Billing Desk", "L1", 38, 5),
    ("Product Support", "L2", 47, 5),
    ("Integrations Desk", "L2", 51, 3),
    ("Engineering Liaison", "L3", 68, 3),
    ("Duty Management", "L3", 74, 1),
)
FIRST_TEAMS: dict[str, tuple[tuple[str, int], ...]] = {
    "Billing": (("Billing Desk", 60), ("Frontline Amber", 20), ("Frontline Blue", 20)),
    "Sign-on": (("Frontline Coral", 50), ("Frontline Amber", 25), ("Frontline Blue", 25)),
    "Integrations": (
        ("Frontline Amber", 30),
        ("Frontline Blue", 30),
        ("Frontline Coral", 15),
        ("Integrations Desk", 25),
    ),
    "": (("Frontline Amber", 38), ("Frontline Blue", 38), ("Frontline Coral", 24)),
}
"""Who takes a ticket of an area first; the empty name is every other area."""

# By priority: median minutes to first response, escalation and resolution without one; the resolution target in hours.
RESPONSE_MINUTES = {"P1": 11, "P2": 42, "P3": 170, "P4": 400}
ESCALATION_MINUTES = {"P1": 95, "P2": 420, "P3": 1_080, "P4": 1_900}
RESOLUTION_MINUTES = {"P1": 300, "P2": 720, "P3": 1_250, "P4": 2_300}
TARGET_HOURS = {"P1": 8, "P2": 24, "P3": 72, "P4": 120}
ACKNOWLEDGE_MINUTES = {"P1": 9, "P2": 28, "P3": 95, "P4": 210}
HASTE = {"P1": 600, "P2": 850, "P3": 1_000, "P4": 1_250}
"""Per mille of a topic's median hours from escalation to resolution."""
