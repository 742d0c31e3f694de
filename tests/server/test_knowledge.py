"""The knowledge page in a real browser: documents read, searched, handed in; nothing in them runs, nothing leads out of the workspace."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect
from starlette.requests import Request

from analyst_agent.server.app import make_app
from analyst_agent.server.callers import LEAD, LEADER, OPERATIONS, Caller
from analyst_agent.server.service import caller_of
from analyst_agent.state.uses import Uses
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.auditing import audit_lines
from tests.server.conftest import LEFT_BEHIND, LOOKS, browsing

REFUNDS = """\
---
id: POL-77
title: Vouchers
status: in force
effective: 2026-05-01
---
# Vouchers

## Who may give a voucher

A team lead may grant a goodwill voucher of up to 80 euros without asking anybody.

## How long it lasts

| kind | lasts |
|---|---|
| goodwill | 90 days |
"""
HOSTILE = """\
# <script>document.title='owned'</script> Rules

## <img src=x onerror=alert(1)> and "quotes"

Click [here](javascript:alert(1)) or <a href="https://evil.example">there</a>, **now**. <iframe src="https://evil.example"></iframe>

- one item
"""
PLAIN = """\
<html><head><title>House rules</title></head><body><h1>House rules</h1>
<p>&lt;script&gt;document.title = 'owned'&lt;/script&gt; is what a customer wrote, and &lt;img src=x onerror=alert(1)&gt; too.</p></body></html>
"""


@pytest.fixture
def given(tmp_path):
    def make(name: str, text: str):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


def test_a_document_is_looked_at_added_and_then_found(fresh, page, given):
    page.goto(f"{fresh.url}/knowledge")
    page.get_by_label("Files").set_input_files(given("vouchers.md", REFUNDS))
    page.get_by_role("button", name="Look at how they are cut").click()
    cut = page.locator(".cutting")
    expect(cut).to_contain_text("POL-77")
    expect(cut).to_contain_text("2 passages")
    expect(cut.locator("li").first).to_contain_text("Who may give a voucher")
    workspace = Workspace.open(fresh.root)
    before = [one.id for one in workspace.knowledge.documents()]
    assert "POL-77" not in before
    assert not (fresh.root / "documents").exists()

    page.get_by_role("button", name="Add to escalation_policies").click()
    expect(page.get_by_role("status")).to_contain_text("Added: POL-77")
    assert (fresh.root / "documents" / "escalation_policies" / "vouchers.md").read_text(encoding="utf-8") == REFUNDS
    page.get_by_role("link", name="Show all documents").click()
    expect(page.get_by_role("row", name="POL-77 Vouchers in force 1 May 2026 2 not yet")).to_be_visible()

    page.get_by_label("Search the documents").fill("how much is a goodwill voucher")
    page.keyboard.press("Enter")
    expect(page.locator(".passage mark").first).to_have_text("goodwill")
    page.get_by_role("link", name="Vouchers: Who may give a voucher").click()
    expect(page).to_have_url(f"{fresh.url}/knowledge/escalation_policies/POL-77#who-may-give-a-voucher")
    expect(page.locator(":target")).to_have_text("Who may give a voucher")
    expect(page.get_by_role("cell", name="90 days")).to_be_visible()
    lines = [(one["who"], one["question"]) for one in audit_lines(workspace) if one["status"] == "action"]
    assert lines == [("local", "added the document POL-77 in escalation_policies")]
    workspace.close()


def test_nothing_in_a_document_runs_or_becomes_markup(fresh, page, given, violations):
    page.goto(f"{fresh.url}/knowledge")
    page.get_by_label("Files").set_input_files([given("rules.md", HOSTILE), given("plain.html", PLAIN)])
    page.get_by_label("or a new one").fill("house rules")
    page.get_by_role("button", name="Look at how they are cut").click()
    expect(page.locator(".cutting")).to_have_count(2)
    expect(page.locator(".cutting").first).to_contain_text("one item")
    page.get_by_role("button", name="Add to house rules").click()
    page.get_by_role("status").get_by_role("link", name="plain").click()
    article = page.locator("article.document")
    expect(article).to_contain_text("is what a customer wrote, and <img src=x onerror=alert(1)> too.")
    assert article.locator("script, img").count() == 0
    page.goto(f"{fresh.url}/knowledge/house%20rules/rules")
    expect(article).to_contain_text("one item")
    assert article.locator("script, img, a, iframe").count() == 0
    assert "owned" not in page.title()
    assert violations(page) == []


def test_a_retired_document_is_found_no_more_and_its_file_is_kept(fresh, page, given, violations):
    page.goto(f"{fresh.url}/knowledge")
    page.get_by_label("Files").set_input_files(given("vouchers.md", REFUNDS))
    page.get_by_role("button", name="Look at how they are cut").click()
    page.get_by_role("button", name="Add to escalation_policies").click()
    page.get_by_role("status").get_by_role("link", name="POL-77").click()
    page.locator("summary", has_text="Retire").click()
    assert violations(page) == []
    page.get_by_role("button", name="Retire POL-77").click()
    expect(page.get_by_role("status")).to_contain_text("POL-77 is retired")
    page.goto(f"{fresh.url}/knowledge?q=goodwill+voucher")
    expect(page.get_by_role("link", name="Vouchers:")).to_have_count(0)
    assert not list((fresh.root / "documents").rglob("*.md"))
    kept = fresh.root / ".analyst" / "retired" / "escalation_policies" / "vouchers.md"
    assert kept.read_text(encoding="utf-8") == REFUNDS
    page.goto(f"{fresh.url}/knowledge/known_issues/KI-12")
    page.locator("summary", has_text="Retire").click()
    page.get_by_role("button", name="Retire KI-12").click()
    expect(page.get_by_role("status")).to_contain_text("stays where it is")
    workspace = Workspace.open(fresh.root)
    assert "KI-12" not in [one.id for one in workspace.knowledge.documents()]
    lines = [one["question"] for one in audit_lines(workspace) if one["status"] == "action"]
    assert sorted(lines)[1:] == [
        "retired the document KI-12 in known_issues",
        "retired the document POL-77 in escalation_policies",
    ]
    workspace.close()


def test_only_those_who_look_after_documents_retire_them(client):
    made, root, become = client
    for role, scope in ((LEAD, ("region = EMEA",)), (LEADER, ()), (OPERATIONS, ("region = EMEA",))):
        become(role, scope)
        assert made.post("/knowledge/known_issues/KI-12/retire").status_code == 403
        assert "Retire this document" not in made.get("/knowledge/known_issues/KI-12").text
    become(OPERATIONS)
    assert made.post("/knowledge/known_issues/KI-99/retire").status_code == 404
    workspace = Workspace.open(root)
    assert "KI-12" in [one.id for one in workspace.knowledge.documents()]
    workspace.close()


def test_a_document_is_cited_and_the_page_says_when(fresh, page):
    store = Uses(f"sqlite:///{fresh.root / '.analyst' / 'state.db'}")
    assert store.of() == {}
    workspace = Workspace.open(fresh.root)
    from analyst_agent.workspace.conversing import converse

    converse(workspace, "What does our policy say about how fast a P1 must be acknowledged?", "c1")
    workspace.close()
    assert ("escalation_policies", "POL-1") in store.of()
    store.close()
    page.goto(f"{fresh.url}/knowledge")
    expect(page.get_by_role("row", name="POL-1 Priorities")).to_contain_text("(1 answer)")


def test_known_issues_show_their_tickets_and_contradictions_are_told(served, page):
    page.goto(f"{served.url}/knowledge")
    issues = page.get_by_role("region", name="Known issues and the escalations that show them")
    row = issues.get_by_role("row", name="KI-12")
    expect(row).to_be_visible(timeout=30_000)
    expect(row.get_by_role("link", name="KI-12", exact=True)).to_have_attribute("href", "/knowledge/known_issues/KI-12")
    expect(row.get_by_role("link", name="Ask about")).to_have_attribute(
        "href", "/?ask=What%20is%20the%20impact%20of%20KI-12%3F"
    )
    conflicts = page.get_by_role("region", name="Where documents in force contradict each other")
    expect(conflicts).to_contain_text("15 minutes", timeout=30_000)
    expect(conflicts).to_contain_text("30 minutes")


def test_what_the_documents_do_not_say_is_said(served, page):
    page.goto(f"{served.url}/knowledge?q=recipe+for+apple+pie")
    expect(page.get_by_text("The documents do not say.")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_pages_are_accessible_and_fit(served, page, violations, theme, width):
    page.context.add_cookies([{"name": "theme", "value": theme, "url": served.url}])
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("", "?q=refund", "/escalation_policies/POL-1", "/known_issues/KI-12"):
        page.goto(f"{served.url}/knowledge{path}")
        if not path:
            expect(page.get_by_role("row", name="KI-12").last).to_be_visible(timeout=30_000)
            expect(page.locator(".conflict")).to_have_count(1, timeout=30_000)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.fixture
def client(demo_workspace, tmp_path):
    root = shutil.copytree(demo_workspace, tmp_path / "demo", ignore=LEFT_BEHIND)
    app = make_app(root)
    with browsing(app, headers={"accept": "application/json"}) as made:

        def become(role, restrictions=()):
            who = Caller("x", "Xenia", role, restrictions)

            def caller(request: Request) -> Caller:
                request.state.caller = who
                return who

            app.dependency_overrides[caller_of] = caller

        become(OPERATIONS)
        yield made, root, become


def handed(client, name, content=b"# A title\n\nSome words that stand here.", space="escalation_policies", **more):
    files = {"files": (name, content)}
    return client.post("/knowledge/preview", files=files, data={"space": space, **more})


def added(client, name, content=b"# A title\n\nSome words that stand here.", space="escalation_policies"):
    import re

    digest = re.search(r'name="digest" value="(\w+)"', handed(client, name, content, space).text)
    data = {"space": space, "digest": digest[1] if digest else ""}
    return client.post("/knowledge/add", files={"files": (name, content)}, data=data)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../analyst.toml.md", "analyst.toml.md"),
        ("/etc/cron.d/evil.md", "evil.md"),
        ("..\\..\\windows\\evil.txt", "evil.txt"),
        (".hidden.md", "hidden.md"),
        ("a\u202egnp.md", "agnp.md"),
        ("<b>x</b>.md", "b-.md"),
        ("x" * 300 + ".md", "x" * 100 + ".md"),
    ],
)
def test_a_hostile_name_is_kept_as_a_plain_one_in_the_documents_folder(client, name, kept):
    made, root, _ = client
    before = (root / "analyst.toml").read_bytes()
    reply = added(made, name)
    assert reply.status_code == 200, reply.text
    assert [path.name for path in (root / "documents").rglob("*") if path.is_file()] == [kept]
    assert (root / "analyst.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["evil.py", "noending", "..", ".md", "x.md.exe", "con\0.md.sh"])
def test_a_name_of_no_readable_kind_is_refused(client, name):
    made, root, _ = client
    reply = added(made, name)
    assert reply.status_code in (400, 422)
    assert not (root / "documents").exists()


def test_a_link_in_the_documents_folder_leads_nowhere(client, tmp_path):
    made, root, _ = client
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.md").write_text("precious", encoding="utf-8")
    (root / "documents").mkdir()
    (root / "documents" / "linked").symlink_to(outside)
    assert "leads out of" in handed(made, "precious.md", space="linked").text
    assert added(made, "precious.md", space="linked").status_code == 422
    inside = root / "documents" / "escalation_policies"
    inside.mkdir()
    (inside / "precious.md").symlink_to(outside / "precious.md")
    added(made, "precious.md")
    assert (outside / "precious.md").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("space", ["../up", "", "a/b", ".", "..", "x" * 80, "a\nb"])
def test_a_space_is_a_name_and_no_path(client, space):
    made, root, _ = client
    assert handed(made, "a.md", space=space).status_code == 422
    assert not (root / "documents").exists()


def test_what_is_too_large_is_refused_without_being_kept(client):
    made, root, _ = client
    reply = handed(made, "big.pdf", b"%PDF-1.7\n" + bytes(50_000_000))
    assert reply.status_code == 413
    assert reply.json()["error"]["code"] == "too_large"
    assert "larger than 5 MB" in handed(made, "big.md", b"x" * 6_000_000).text
    assert not (root / "documents").exists()


def test_files_other_than_those_looked_at_are_not_added(client):
    made, root, _ = client
    reply = made.post(
        "/knowledge/add",
        files={"files": ("a.md", b"# A\n\nOther.")},
        data={"space": "known_issues", "digest": "0" * 64},
    )
    assert reply.status_code == 422
    assert not (root / "documents").exists()


def test_what_takes_the_place_of_another_document_is_said_before(client):
    made, _, _ = client
    page = handed(made, "mine.md", b"---\nid: POL-1\ntitle: Mine\n---\n# Mine\n\nAnother text altogether.").text
    assert "It takes the place of POL-1, Priorities and response times." in page


@pytest.mark.parametrize("role", [LEAD, LEADER])
@pytest.mark.parametrize("path", ["/knowledge/preview", "/knowledge/add"])
def test_only_those_who_curate_hand_documents_in(client, role, path):
    made, _, become = client
    become(role)
    assert made.post(path, files={"files": ("a.md", b"# A")}, data={"space": "known_issues"}).status_code == 403
    assert "Add documents" not in made.get("/knowledge", headers={"accept": "text/html"}).text


def test_within_a_scope_nobody_adds_what_others_read(client):
    made, _, become = client
    become(OPERATIONS, ("region = EMEA",))
    assert handed(made, "a.md").status_code == 403


def test_a_document_of_a_space_that_is_not_granted_does_not_exist(client):
    made, root, _ = client
    settings = root / "analyst.toml"
    text = settings.read_text(encoding="utf-8").replace(
        "[analyst.grants]", '[analyst.grants]\nknowledge = ["known_issues"]'
    )
    settings.write_text(text, encoding="utf-8")
    assert made.get("/knowledge/escalation_policies/POL-1").status_code == 404
    assert made.get("/knowledge/known_issues/KI-12").status_code == 200
    assert "POL-1" not in made.get("/knowledge").text
    assert handed(made, "a.md").status_code == 403
    assert made.get("/knowledge?q=refund&space=escalation_policies").status_code == 403


def test_items_of_a_list_have_one_mark(client):
    made, _, _ = client
    added(made, "steps.md", b"# Steps\n\n- one\n- two\n\n3. three\n4. four\n")
    page = made.get("/knowledge/escalation_policies/steps").text
    assert "<ul><li>one</li><li>two</li></ul>" in page
    assert '<ol start="3"><li>three</li><li>four</li></ol>' in page
