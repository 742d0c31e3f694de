"""Canonical tables in the clothes of helpdesks that do not exist: other headers, dates, flags and delimiters, and columns that mean nothing to us."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

ISO = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Style:
    """One invented export: `headers` are ours to theirs, `noise` their columns that are none of ours (header to kind of value)."""

    name: str
    file: str
    table: str
    headers: Mapping[str, str]
    noise: Mapping[str, str] = field(default_factory=dict)
    dates: str = ISO
    delimiter: str = ","
    flags: tuple[str, str] = ("true", "false")
    missing: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def write(style: Style, folder: Path, rows: int = 240) -> Path:
    """The export as a file."""
    chance = random.Random(f"{style.name}/{style.file}")
    path = folder / style.file
    headers = [*style.headers.values(), *style.noise]
    order = list(range(len(headers)))
    chance.shuffle(order)
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, delimiter=style.delimiter)
        out.writerow([headers[i] for i in order])
        for number in range(rows):
            row = _row(style, chance, number)
            out.writerow([row[i] for i in order])
    return path


def _row(style: Style, chance: random.Random, number: int) -> list[str]:
    opened = datetime(2025, 1, 1) + timedelta(minutes=chance.randrange(500_000))
    clock = {
        "created_at": 0, "first_response_at": 40, "escalated_at": 90, "acknowledged_at": 120, "updated_at": 5000, "resolved_at": 900,
        "closed_at": 2000, "sla_due_at": 1500, "deescalated_at": 1800,
    }  # fmt: skip

    def pick(*choices: str) -> str:
        return chance.choice(choices)

    def value(ours: str) -> str:
        if ours in style.values:
            return pick(*style.values[ours])
        if ours in clock:
            late = ours in ("resolved_at", "closed_at", "first_response_at", "deescalated_at", "acknowledged_at")
            if late and chance.random() < 0.15:
                return style.missing
            return (opened + timedelta(minutes=clock[ours] + chance.randrange(60))).strftime(style.dates)
        if ours in ("is_escalated", "necessary"):
            return style.flags[0] if chance.random() < 0.1 else style.flags[1]
        made = {
            "ticket_id": f"C{10_000 + (number if style.table == 'tickets' else chance.randrange(240))}",
            "escalation_id": f"E{number}", "resolution_id": f"R{number}",
            "account_id": f"A{number if style.table == 'accounts' else chance.randrange(40)}",
            "agent_id": f"U{number if style.table == 'agents' else chance.randrange(12)}",
            "name": f"Name {number}", "subject": f"Cannot {pick('log in', 'export', 'pay', 'sync')} since {number}",
            "description": f"Long story {number}: " + "it does not work " * chance.randrange(1, 9),
            "status": pick("Open", "Closed", "Pending", "Resolved"), "priority": pick("P1", "P2", "P3", "P4"),
            "channel": pick("email", "phone", "chat", "web"), "product_area": pick("Reports", "Billing", "Login", "Sync"),
            "category": pick("Bug", "Question", "Outage", "Access"), "team": pick("Blue", "Red", "Green"),
            "reopen_count": str(chance.choice((0, 0, 0, 1, 2))), "csat": pick("1", "2", "3", "4", "5", style.missing),
            "handle_minutes": str(chance.randrange(3, 300)), "customer_reply_count": str(chance.randrange(9)),
            "sentiment": f"{chance.uniform(-1, 1):.2f}", "language": pick("en", "de", "fr"),
            "tier": pick("Gold", "Silver", "Bronze"), "segment": pick("SMB", "Mid-Market", "Enterprise"),
            "industry": pick("Retail", "Health", "Finance", "Media"), "region": pick("EMEA", "APAC", "AMER"),
            "plan": pick("Pro", "Free", "Business"), "arr": str(chance.randrange(1000, 90_000)), "health_score": str(chance.randrange(100)),
            "csm": pick("Ada", "Bob", "Cleo"), "support_level": pick("L1", "L2", "L3"), "hourly_cost": str(chance.randrange(20, 90)),
            "reason_code": pick("R1", "R2", "R3"), "reason": pick("no answer", "angry", "wrong fix"), "root_cause": pick("bug", "policy", "training"),
            "trigger": pick("customer", "agent", "system"), "from_team": pick("Blue", "Red"), "to_team": pick("Green", "Black"),
            "level": pick("2", "3"), "escalated_by": pick("U1", "U2"), "resolution_type": pick("fix", "workaround", "refund"),
            "minutes": str(chance.randrange(5, 600)), "notes": f"Did this and that {number}",
        }  # fmt: skip
        return made[ours]

    def noise(kind: str) -> str:
        return {
            "time": (opened + timedelta(days=chance.randrange(90))).strftime(style.dates), "flag": pick(*style.flags), "id": str(chance.randrange(10**6)),
            "unique": f"X{number:06d}", "label": pick("alpha", "beta", "gamma"), "text": f"note {chance.randrange(10**6)}", "number": str(chance.randrange(1000)),
            "share": f"{chance.random():.2f}", "hundred": str(chance.randrange(100)), "person": pick("Ann Lee", "Bo Yi", "Cy Day") + str(chance.randrange(99)),
            "words": pick("good", "bad"), "empty": "",
        }[kind]  # fmt: skip

    return [*(value(ours) for ours in style.headers), *(noise(kind) for kind in style.noise.values())]


SEEN = (
    Style("camel", "tickets_export.csv", "tickets", {
        "ticket_id": "ticketId", "created_at": "createdAt", "updated_at": "lastModifiedAt", "subject": "title", "status": "status", "priority": "priority",
        "channel": "sourceChannel", "category": "ticketType", "account_id": "companyId", "agent_id": "assigneeId", "team": "assignedGroup",
        "resolved_at": "resolvedAt", "closed_at": "closedAt", "is_escalated": "isEscalated", "csat": "csatScore", "first_response_at": "firstReplyAt",
    }, {"requesterEmail": "person", "tags": "label", "isSpam": "flag"}, "%Y-%m-%dT%H:%M:%SZ"),
    Style("german", "Vorgänge_2025.csv", "tickets", {
        "ticket_id": "Vorgangsnummer", "created_at": "Erstellt am", "updated_at": "Geändert am", "subject": "Betreff", "status": "Status",
        "priority": "Priorität", "channel": "Kanal", "category": "Kategorie", "account_id": "Kundennummer", "agent_id": "Bearbeiter", "team": "Gruppe",
        "resolved_at": "Gelöst am", "is_escalated": "Eskaliert",
    }, {"Bemerkung intern": "text", "Dauer (h)": "number"}, "%d.%m.%Y %H:%M", ";", ("ja", "nein")),
    Style("salesforce-like", "Case.csv", "tickets", {
        "ticket_id": "CaseNumber", "created_at": "CreatedDate", "updated_at": "LastModifiedDate", "closed_at": "ClosedDate", "subject": "Subject",
        "description": "Description", "status": "Status", "priority": "Priority", "channel": "Origin", "category": "Type", "account_id": "AccountId",
        "agent_id": "OwnerId", "is_escalated": "IsEscalated", "product_area": "Product__c", "csat": "CSAT_Score__c",
    }, {"ContactId": "id", "RecordTypeId": "label", "IsDeleted": "flag", "SystemModstamp": "time"}, "%Y-%m-%dT%H:%M:%S.000+0000"),
    Style("crm", "clients.csv", "accounts", {
        "account_id": "client_no", "name": "client_name", "tier": "service_tier", "segment": "market_segment", "industry": "vertical", "region": "geo",
        "plan": "subscription_plan", "arr": "arr_usd", "created_at": "customer_since", "csm": "success_manager",
    }, {"employees": "number", "website": "text"}, "%Y-%m-%d"),
)  # fmt: skip

# Invented after the code was written, and never used to change it before they were measured.
UNSEEN = (
    Style("helpwise", "dump_0423.csv", "tickets", {
        "ticket_id": "tkt_id", "created_at": "tkt_logged_on", "updated_at": "tkt_last_update", "subject": "tkt_subject_line", "status": "tkt_current_status",
        "priority": "tkt_urgency", "channel": "tkt_intake_channel", "category": "tkt_category", "product_area": "tkt_component", "agent_id": "tkt_owner",
        "team": "tkt_queue", "resolved_at": "tkt_solved_on", "closed_at": "tkt_closed_on", "is_escalated": "tkt_escalated_flag", "reopen_count": "tkt_reopens",
    }, {"tkt_nps": "hundred", "tkt_requester": "person", "tkt_age_days": "number", "tkt_followers": "text"}, "%m/%d/%Y %I:%M %p", ",", ("Y", "N")),
    Style("french", "demandes.csv", "tickets", {
        "ticket_id": "N° de demande", "created_at": "Date de création", "updated_at": "Date de modification", "subject": "Objet", "description": "Description",
        "status": "Statut", "priority": "Priorité", "channel": "Canal", "category": "Catégorie", "account_id": "Société", "agent_id": "Technicien", "team": "Équipe",
        "closed_at": "Date de clôture", "is_escalated": "Escaladé",
    }, {"Demandeur": "person", "Temps passé": "number", "Note de satisfaction": "hundred"}, "%d/%m/%Y %H:%M:%S", ";", ("oui", "non")),
    Style("spanish", "clientes.csv", "accounts", {
        "account_id": "ID Cliente", "name": "Nombre", "segment": "Segmento", "industry": "Industria", "region": "Región", "plan": "Plan", "created_at": "Cliente desde",
    }, {"Facturación": "number", "Teléfono": "id", "Correo": "text"}, "%Y-%m-%d", ";"),
    Style("desk365", "ServiceRequests.csv", "tickets", {
        "ticket_id": "Request ID", "created_at": "Date Submitted", "updated_at": "Last Modified", "subject": "Request Title", "description": "Request Details",
        "status": "Request Status", "priority": "Severity", "channel": "Submitted Via", "category": "Request Type", "account_id": "Customer Number",
        "agent_id": "Assigned Technician", "team": "Support Group", "first_response_at": "First Response Date", "resolved_at": "Resolution Date",
        "sla_due_at": "Due By", "customer_reply_count": "Customer Replies",
    }, {"Survey Result": "words", "Response Hours": "number", "Location": "label", "Approved": "flag", "Approved On": "time"}, ISO),
    Style("pager", "escalation_log.csv", "escalations", {
        "escalation_id": "esc_id", "ticket_id": "case_ref", "escalated_at": "escalated_ts", "reason": "escalation_reason", "root_cause": "root_cause_category",
        "from_team": "source_group", "to_team": "target_group", "level": "escalation_tier", "escalated_by": "raised_by", "acknowledged_at": "ack_time",
        "necessary": "was_justified",
    }, {"comment_count": "number", "bridge_call": "flag", "notified_on": "time"}, "%Y-%m-%dT%H:%M:%S+00:00", "\t"),
    Style("fixes", "resolutions_2025_q1.csv", "resolutions", {
        "resolution_id": "ResolutionId", "ticket_id": "IncidentNumber", "resolved_at": "ResolvedOn", "resolution_type": "ResolutionCode", "minutes": "EffortMinutes",
        "agent_id": "ResolvedBy", "notes": "ResolutionNotes",
    }, {"ReviewedOn": "time", "KnowledgeArticle": "id"}),
    Style("people", "support_staff.csv", "agents", {
        "agent_id": "Employee No", "name": "Full Name", "team": "Squad", "support_level": "Tier", "hourly_cost": "Hourly Rate",
    }, {"Hire Date": "time", "Email": "text", "Office": "label"}, "%d-%b-%Y", values={"support_level": ("Tier 1", "Tier 2", "Tier 3")}),
    Style("crm2", "org_master.csv", "accounts", {
        "account_id": "org_uuid", "name": "legal_name", "tier": "account_tier", "industry": "industry_vertical", "region": "sales_region", "arr": "annual_recurring_revenue",
        "health_score": "cust_health", "csm": "csm_email", "plan": "license_type", "updated_at": "modified_dt",
    }, {"billing_street": "text", "vat_no": "unique", "is_test": "flag", "nps": "hundred", "renewal_date": "time"}, "%Y/%m/%d"),
    Style("jsm", "issues.csv", "tickets", {
        "ticket_id": "Issue key", "created_at": "Created", "updated_at": "Updated", "resolved_at": "Resolved", "subject": "Summary", "status": "Status",
        "priority": "Priority", "category": "Issue Type", "agent_id": "Assignee", "product_area": "Component/s", "description": "Description",
    }, {"Reporter": "person", "Watchers": "number", "Sprint": "label", "Votes": "number", "Last Viewed": "time"}, "%d/%b/%y %I:%M %p"),
)  # fmt: skip

# A second lot, invented after the words that the first one lacked were added, and measured once before anything was changed.
LATER = (
    Style("fresh", "export_tickets_all.csv", "tickets", {
        "ticket_id": "Ticket ID", "created_at": "Created time", "updated_at": "Last update time", "resolved_at": "Resolved time", "closed_at": "Closed time",
        "subject": "Subject", "status": "Status", "priority": "Priority", "channel": "Source", "category": "Type", "agent_id": "Agent", "team": "Group",
        "sla_due_at": "Due by Time", "first_response_at": "Initial response time", "product_area": "Product", "customer_reply_count": "Customer interactions",
        "language": "Language", "account_id": "Company Name",
    }, {"Survey results": "words", "Full name": "person", "Email": "text", "Tags": "label", "Association type": "label", "Resolution status": "label", "Agent interactions": "number"}),
    Style("dotted", "export.csv", "tickets", {
        "ticket_id": "key", "created_at": "fields.created", "updated_at": "fields.updated", "status": "fields.status.name", "priority": "fields.priority.name",
        "subject": "fields.summary", "category": "fields.issuetype.name", "agent_id": "fields.assignee.displayName", "resolved_at": "fields.resolutiondate",
    }, {"fields.creator.displayName": "person", "fields.votes.votes": "number", "fields.resolution.name": "label", "self": "unique"}, "%Y-%m-%dT%H:%M:%S.000+0200"),
    Style("sapish", "INC_HDR.csv", "tickets", {
        "ticket_id": "INC_NUM", "created_at": "CRT_DT", "updated_at": "UPD_DT", "subject": "SHORT_DESC", "status": "STAT", "priority": "PRIO", "category": "CAT",
        "product_area": "SUBCAT", "account_id": "CUST_NO", "agent_id": "ASSIGNED_TO", "team": "ASSGN_GRP", "closed_at": "CLS_DT", "is_escalated": "ESC_FLG",
    }, {"CRT_BY": "person", "CLS_BY": "person", "MANDT": "label", "DOC_TYPE": "label"}, "%Y%m%d", ";", ("X", "")),
    Style("kaggle", "customer_support_tickets.csv", "tickets", {
        "ticket_id": "Ticket ID", "subject": "Ticket Subject", "description": "Ticket Description", "status": "Ticket Status", "priority": "Ticket Priority",
        "channel": "Ticket Channel", "category": "Ticket Type", "created_at": "Ticket Creation Date", "csat": "Customer Satisfaction Rating", "product_area": "Product Purchased",
    }, {"Customer Name": "person", "Customer Email": "text", "Customer Age": "number", "Date of Purchase": "time", "Resolution": "text", "Time to Resolution": "number"}),
    Style("ops", "kunden.csv", "accounts", {
        "account_id": "Kunden-ID", "name": "Firmenname", "industry": "Branche", "region": "Vertriebsregion", "segment": "Kundensegment", "plan": "Tarif",
        "created_at": "Kunde seit", "csm": "Kundenbetreuer",
    }, {"PLZ": "number", "Ort": "label", "Jahresumsatz": "number"}, "%d.%m.%Y", ";"),
    Style("esc2", "escalations-2025.csv", "escalations", {
        "ticket_id": "Ticket", "escalated_at": "Date", "reason": "Reason", "level": "Level", "from_team": "From Team", "to_team": "To Team", "deescalated_at": "De-escalated on",
        "trigger": "Triggered By",
    }, {"Duty manager": "person", "Comments": "text", "Postmortem": "flag"}, "%d/%m/%Y"),
    Style("team", "users.csv", "agents", {
        "agent_id": "user_id", "name": "display_name", "team": "primary_group", "support_level": "tier",
    }, {"last_login": "time", "is_active": "flag", "mfa": "flag", "locale": "label", "ticket_count": "number", "avg_csat": "share"}),
    Style("tangle", "support_requests.csv", "tickets", {
        "ticket_id": "request_no", "created_at": "raised_on", "subject": "headline", "status": "workflow_state", "priority": "prio_level", "channel": "contact_method",
        "account_id": "tenant_id", "agent_id": "handled_by", "team": "resolver_group", "resolved_at": "fixed_on", "escalated_at": "escalated_on", "reopen_count": "times_reopened",
        "handle_minutes": "handling_time_minutes", "sla_due_at": "sla_deadline",
    }, {"created_by": "person", "closed_by": "person", "last_reply_on": "time", "first_seen_on": "time", "impact": "label", "satisfaction_pct": "hundred", "escalation_contact": "person", "timezone": "label"}),
)  # fmt: skip
