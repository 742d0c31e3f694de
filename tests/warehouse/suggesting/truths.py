"""What the third-party files hold, written by hand: table, and for each of our columns the source columns that are right.

`open`: columns that may be proposed or not, because two people would decide differently.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Truth:
    """One file of the third-party data."""

    file: str
    table: str
    columns: dict[str, str]
    open: dict[str, str] = field(default_factory=dict)


def _same(names: str) -> dict[str, str]:
    return {n: n for n in names.split()}


_FLAG = {
    "ticket_id": "number", "created_at": "opened_at", "updated_at": "sys_updated_on", "subject": "short_description", "status": "state", "priority": "priority",
    "category": "category", "agent_id": "assigned_to", "team": "assignment_group", "closed_at": "closed_at",
}  # fmt: skip

TRUTHS = (
    *(Truth(f"insight_bench/flag-{n}.csv", "tickets", _FLAG) for n in (1, 2, 3, 4, 7)),
    Truth("drapertoby_itsm/agents.csv", "agents", {"agent_id": "agent_id", "name": "agent_name", "support_level": "tier"}, {"team": "primary_category"}),
    Truth("drapertoby_itsm/merchants.csv", "accounts", {"account_id": "merchant_id", "name": "merchant_name", "industry": "sector", "tier": "tier", "region": "region"}),
    Truth("drapertoby_itsm/tickets.csv", "tickets", _same("ticket_id category priority created_at first_response_at closed_at") | {
        "account_id": "merchant_id", "agent_id": "assigned_agent_id", "product_area": "sub_category"}, {"resolved_at": "closed_at", "is_escalated": "is_reopened"}),
    Truth("uci_incident/incident_event_log.csv.gz", "tickets", _same("category priority resolved_at closed_at reopen_count") | {
        "ticket_id": "number", "created_at": "opened_at", "updated_at": "sys_updated_at", "status": "incident_state", "product_area": "subcategory",
        "channel": "contact_type", "agent_id": "assigned_to", "team": "assignment_group"}),
    Truth("dbt_seeds/dbt_zendesk/ticket_data.csv", "tickets", _same("created_at updated_at subject description status priority") | {
        "ticket_id": "id", "channel": "via_channel", "account_id": "organization_id", "agent_id": "assignee_id", "team": "group_id", "sla_due_at": "due_at", "category": "type"}),
    Truth("dbt_seeds/dbt_zendesk/user_data.csv", "agents", {"agent_id": "id", "name": "name"}),
    Truth("dbt_seeds/dbt_zendesk/organization_data.csv", "accounts", _same("name created_at updated_at") | {"account_id": "id"}),
    Truth("dbt_seeds/dbt_jira/issue.csv", "tickets", _same("description status priority") | {
        "ticket_id": "id|key", "created_at": "created", "updated_at": "updated", "subject": "summary", "agent_id": "assignee", "resolved_at": "resolved",
        "sla_due_at": "due_date", "category": "issue_type|work_type"}),
    Truth("dbt_seeds/dbt_jira/user.csv", "agents", {"agent_id": "id", "name": "name"}),
    Truth("dbt_seeds/dbt_servicenow/incident_data.csv", "tickets", _same("category resolved_at reopen_count") | {
        "ticket_id": "sys_id", "created_at": "sys_created_on", "updated_at": "sys_updated_on", "status": "incident_state", "product_area": "subcategory"}, {"priority": "severity"}),
    Truth("dbt_seeds/dbt_servicenow/task_data.csv", "tickets", _same("description priority closed_at") | {
        "ticket_id": "sys_id|number", "created_at": "opened_at", "updated_at": "sys_updated_on", "subject": "short_description", "status": "state",
        "channel": "contact_type", "account_id": "company_value", "agent_id": "assigned_to_value", "team": "assignment_group_value", "sla_due_at": "sla_due|due_date"},
        {"is_escalated": "escalation", "product_area": "business_service_value"}),
    Truth("dbt_seeds/dbt_servicenow/sys_user_data.csv", "agents", {"agent_id": "sys_id", "name": "name"}, {"team": "department_value"}),
    Truth("dbt_seeds/dbt_servicenow/core_company_data.csv", "accounts", {"account_id": "sys_id", "name": "name", "created_at": "sys_created_on", "updated_at": "sys_updated_on"}),
    Truth("dbt_seeds/dbt_hubspot_source/ticket_data.csv", "tickets", {
        "ticket_id": "id", "created_at": "property_createdate", "subject": "property_subject", "description": "property_content", "status": "property_hs_pipeline_stage",
        "priority": "property_hs_ticket_priority", "category": "property_hs_ticket_category", "agent_id": "property_hubspot_owner_id",
        "first_response_at": "property_first_agent_reply_date", "closed_at": "property_closed_date"}),
    Truth("dbt_seeds/dbt_hubspot_source/company_data.csv", "accounts", {
        "account_id": "id", "name": "property_name", "industry": "property_industry", "created_at": "property_createdate"}, {"region": "property_country"}),
    Truth("dbt_seeds/dbt_hubspot_source/users_data.csv", "agents", {"agent_id": "id", "name": "first_name", "team": "primary_team_id"}),
    Truth("dbt_seeds/dbt_intercom_source/conversation_history_data.csv", "tickets", _same("created_at updated_at priority") | {
        "ticket_id": "id", "subject": "source_subject", "description": "source_body", "status": "state", "agent_id": "assignee_id", "csat": "conversation_rating_value"},
        {"channel": "source_type", "first_response_at": "first_contact_reply_created_at"}),
    Truth("dbt_seeds/dbt_intercom_source/company_history_data.csv", "accounts", _same("name industry created_at updated_at") | {
        "account_id": "id", "plan": "plan_name"}, {"segment": "size"}),
    Truth("dbt_seeds/dbt_intercom_source/admin_data.csv", "agents", {"agent_id": "id", "name": "name"}),
    Truth("dbt_seeds/dbt_salesforce/sf_account_data.csv", "accounts", {"account_id": "id", "name": "name", "industry": "industry"}, {"region": "billing_country", "csm": "owner_id"}),
    Truth("dbt_seeds/dbt_salesforce/sf_account_history_data.csv", "accounts", {"account_id": "id", "name": "name", "industry": "industry"}, {"region": "billing_country", "csm": "owner_id"}),
    Truth("dbt_seeds/dbt_salesforce/sf_user_data.csv", "agents", {"agent_id": "id", "name": "name"}, {"team": "department"}),
)  # fmt: skip
