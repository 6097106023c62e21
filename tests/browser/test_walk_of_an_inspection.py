"""A first inspection, from the work list to the filed PDF: an officer with a phone, a reviewer at a desk."""

import io
import re
from datetime import datetime, time
from pathlib import Path

import polars as pl
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from inspection_walk import calm, photo
from postloan.demo.staff import PASSWORD
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.inspection_forms import InspectionForms
from postloan.snapshot.read import published_days, read_loans

PHONE = {"width": 390, "height": 844}


def open_from_worklist(page: Page, home_page: str, tab: str, kind: str, named: str = "") -> str:
    """Open the first piece of work of a kind from the work list, and say whom it is about."""
    page.goto(f"{home_page}/?tab={tab}&kind={kind}&q={named}")
    link = page.locator(".list-table tbody tr").first.locator("td:nth-child(3) a")
    debtor = link.inner_text().strip()
    link.click()
    page.wait_for_url(re.compile(r"/inspections/\d+/"))
    return debtor


def write_report(page: Page, home: Path, debtor: str) -> None:
    """Answer every question of the form on the page, without concern."""
    day = published_days(home)[-1]
    forms = load_desk_rules(home).version("inspection_forms", InspectionForms, day).forms
    names = {name.removeprefix("q-") for name in page.evaluate(
        "[...document.querySelectorAll('#report [name^=q-]')].map((field) => field.name)"
    )}  # fmt: skip
    [form] = [each for each in forms if {question.question for question in each.questions} == names]
    page.check("input[name=way][value=on_site]")
    page.fill("#inspected_on", str(day))
    page.fill("#place", "客户经营场所")
    for question in form.questions:
        answer = calm(question, debtor)
        if question.kind in {"text", "number"}:
            page.fill(f"#q-{question.question}", answer)
        else:
            page.check(f"input[name='q-{question.question}'][value='{answer}']")


def submit(page: Page) -> None:
    page.locator(".submit-bar button").click()
    expect(page.locator(".alert")).to_contain_text("报告已提交")


def words_of(page: Page) -> tuple[str, PdfReader]:
    """Download the PDF, and read it as one line of words."""
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert re.fullmatch(r"DJ\d{11}\.pdf", download.value.suggested_filename)
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"%PDF-")
    pdf = PdfReader(io.BytesIO(content))
    return re.sub(r"\s", "", "".join(each.extract_text() for each in pdf.pages)), pdf


def test_an_officer_does_a_first_inspection_to_the_filed_pdf(open_as, site) -> None:
    officer = open_as("officer", **PHONE)
    debtor = open_from_worklist(officer, site.address, "mine", "inspection_first")
    write_report(officer, site.home, debtor)
    expect(officer.locator("#draft-said")).to_contain_text("草稿已保存")
    day = published_days(site.home)[-1]
    taken = photo(77, taken=datetime.combine(day, time(10)))
    officer.set_input_files("#files input[type=file]", {"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": taken})
    expect(officer.locator(".shot img")).to_be_visible()
    assert officer.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # Whoever is called away loses nothing.
    officer.goto(site.address)
    officer.go_back()
    expect(officer.locator("#place")).to_have_value("客户经营场所")
    expect(officer.locator("#q-conclusion_told")).to_have_value(re.compile(debtor))
    submit(officer)

    inspector = open_as("inspector")
    open_from_worklist(inspector, site.address, "team", "inspection_review", debtor)
    if not inspector.url.endswith("review"):
        inspector.get_by_role("link", name="复核").click()
    expect(inspector.locator(".shot img")).to_be_visible()
    inspector.fill("#opinion", "检查到位，同意归档")
    inspector.get_by_role("button", name="通过", exact=True).click()
    expect(inspector.locator(".alert")).to_contain_text("报告已通过")
    expect(inspector.locator("h1")).to_contain_text("已通过")

    officer.reload()
    words, pdf = words_of(officer)
    for said in (debtor, "首次检查", "检查到位，同意归档", "陈志华", "林雅琴", "客户经营场所", f"无异常。{debtor}"):
        assert said in words
    assert sum(len(each.images) for each in pdf.pages) == 1


def open_account(admin: Page, home_page: str, org_id: str) -> None:
    """Open an account for an account officer of an office."""
    admin.goto(f"{home_page}/officers/")
    for name, value in {"username": "newcomer", "name": "何新来", "password": PASSWORD}.items():
        admin.fill(f"#n-{name}", value)
    admin.select_option("#n-org", org_id)
    admin.click("text=开户 >> nth=-1")
    admin.select_option("#g-role", "account_officer")
    admin.fill("#g-org", org_id)
    admin.fill("#g-begins", "2026-01-01")
    admin.fill("#g-reason", "新入职")
    admin.click("text=授权 >> nth=-1")
    expect(admin.locator(".alert")).to_contain_text("已授权")


def test_two_sign_where_the_rules_ask_for_two(open_as, site) -> None:
    loans = read_loans(site.home, published_days(site.home)[-1], ["debtor_id", "org_id", "outstanding_cents"])
    of_debtor = loans.filter(pl.col("org_id").str.starts_with("3300")).group_by("debtor_id", "org_id")
    largest = of_debtor.agg(pl.col("outstanding_cents").sum()).sort("outstanding_cents").row(-1, named=True)
    open_account(open_as("admin"), site.address, largest["org_id"])

    inspector = open_as("inspector")
    inspector.goto(f"{site.address}/inspections/")
    inspector.get_by_text("发起检查").click()
    inspector.fill("[name=debtors]", largest["debtor_id"])
    inspector.fill("[name=reason]", "大额客户检查")
    inspector.get_by_role("button", name="下达", exact=True).click()
    expect(inspector.locator(".alert")).to_contain_text("已发起 1 项检查")
    inspector.goto(f"{site.address}/inspections/?tab=all&q={largest['debtor_id']}&kind=special&state=open")
    inspector.locator(".list-table tbody a").first.click()
    address = inspector.url
    debtor = inspector.locator("h1 a").inner_text()

    officer = open_as("newcomer")
    officer.goto(address)
    expect(officer.locator("h1")).to_contain_text("双人检查")
    write_report(officer, site.home, debtor)
    officer.select_option("#second", "risk")
    submit(officer)
    inspector.goto(f"{address}review")
    expect(inspector.locator("main")).to_contain_text("不在复核环节")

    second = open_as("risk")
    second.goto(address)
    second.get_by_role("button", name="签字").click()
    expect(second.locator(".alert")).to_contain_text("已签字")

    inspector.goto(f"{address}review")
    inspector.fill("#opinion", "双人检查到位")
    inspector.get_by_role("button", name="通过", exact=True).click()
    expect(inspector.locator(".alert")).to_contain_text("报告已通过")
    words, _pdf = words_of(inspector)
    for said in (debtor, "何新来", "黄国强", "林雅琴"):
        assert said in words
