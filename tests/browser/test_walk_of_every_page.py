"""Every page of the site as each of its people sees it: accessible, no wider than the screen, quiet, and on its own.

Pages are not named here. The walk begins at each role's menu and follows links; an address that answers a page and to
which no link led is a failure. What `open_as` listens to (console, server faults, other machines) counts as well.
"""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from looking import scrolls_sideways, serious, wait_until_whole
from playwright.sync_api import Page
from visiting import check_in

from every_address import EVERY, address
from inspection_walk import photo
from postloan.demo.staff import staff
from postloan.rules.desk_rules import Roles, load_desk_rules
from postloan.site.menu import entries_for
from postloan.snapshot.read import published_days

# No link leads to what a form asks for.
ASKED_BY_FORMS = {
    "risk": ("/search/?q=有限公司", "/freezes/propose", "/reports/exposures/list?industries=C"),
    "manager": ("/outbox/?channel=letter",),
}
# A workbook that is too large to be made at once; lists of the small bank are not.
MADE_FOR_LARGE_LISTS = {"core:export_fetch"}


# The blanks of addresses that take only some words.
LATER = {
    "withdrawal:decision", "restructure:restructuring", "restructure:paper", "restructure:agreement_word",
    "restructure:agreement_pdf", "disposal:paper",
}  # fmt: skip
"""Where a link leads once something was decided: the walk to the night looks at it."""
NOT_DONE = {"agency:bill_page", "disposal:demands"}
"""Of what the demo bank's people have not begun: a bill, for which a debtor was told days before; and no guarantee
is due yet.

The desk's tests look at these.
"""
NAMED = {"field": "phone", "part": "payments"}
# An element as axe knows it: its name and how it looks, not what it leads to or is called.
_DRAWN = r"""(() => {
  const told = "href|value|id|for|name|d|points|x|y|transform|title|alt|src|aria-label|action|hx-[a-z]+|data-[a-z]+";
  const other = new RegExp(`</.*| (${told})="[^"]*"`, "gs");
  return [...document.querySelectorAll("body *")].map((each) => each.cloneNode(false).outerHTML.replace(other, ""));
})()"""
VIEWS = {name: view for _pattern, name, view in EVERY}


@dataclass
class Walk:
    """What was seen so far.

    names    the names of addresses that answered, whoever asked: pages, their parts, and files.
    looked   of each page, for which grants of its own desk it was looked at: who holds the same sees the same.
    drawn    of each page, the elements that axe has looked at.
    """

    site: str
    names: set[str] = field(default_factory=set)
    looked: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    drawn: dict[str, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def name_of(self, url: str) -> str | None:
        """The name of an address; None where it is none of the site's."""
        try:
            return resolve(urlsplit(url).path).view_name if url.startswith(("/", self.site)) else None
        except Resolver404:
            return None

    def answered(self, status: int, url: str) -> None:
        """Note what a page asked for by itself."""
        if status == 200 and (name := self.name_of(url)):
            self.names.add(name)


def kind_of(walk: Walk, page: Page, href: str) -> str:
    """What an address answers: a page, a file or a part; or the refusal that it is."""
    answer = page.request.get(walk.site + href)
    if answer.status != 200:
        return f"answers {answer.status}"
    is_page = "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()
    return "page" if is_page else "file"


def look(walk: Walk, page: Page, name: str, href: str) -> list[str]:
    """Look at one page; the links on it."""
    page.goto(walk.site + href)
    wait_until_whole(page)
    if scrolls_sideways(page):
        walk.faults.append(f"{href} scrolls sideways")
    drawn = set(page.evaluate(_DRAWN))
    if not drawn <= walk.drawn.setdefault(name, set()):
        walk.drawn[name] |= drawn
        walk.faults += [f"{href} {fault}" for fault in serious(page)]
    return page.evaluate("[...document.querySelectorAll('a[href^=\"/\"]')].map((link) => link.getAttribute('href'))")


def walk_as(walk: Walk, page: Page, role: str, grants: frozenset[str], first: str) -> None:
    """Follow links from the first page, to one page behind each address; `first` is the one of its own to be taken."""
    page.on("response", lambda answer: walk.answered(answer.status, answer.url))
    menu = [entry.view for entry in entries_for(grants)]
    # What waits for a review stands far down a list of all that is open.
    begins = "/?tab=team&kind=inspection_review" if role == "inspector" else "/"
    ways, met = [begins, *([first] if role == "officer" else []), *ASKED_BY_FORMS.get(role, ())], set[str]()
    for href in ways:
        name = walk.name_of(href)
        if name is None or name in met:
            continue
        met.add(name)
        desk = getattr(VIEWS[name], "action", "").partition(".")[0]
        held = frozenset(grant for grant in grants if desk and grant.startswith(f"{desk}."))
        if name not in menu and (name, held) in walk.looked:
            continue
        kind = "page" if name in walk.drawn else kind_of(walk, page, href)
        if kind.startswith("answers"):
            walk.faults.append(f"{role} is led to {href}, and it {kind}")
        walk.looked.add((name, held))
        walk.names.add(name)
        if kind == "page":
            ways += look(walk, page, name, href)


def furnish(open_as, site, clock, language: str) -> str:
    """What the demo bank's people have not done yet: a project of supervision, photos of a visit and in a report.

    Returns the address of the officer's report with the photo.
    """
    supervisor = open_as("supervisor")
    supervisor.goto(f"{site.address}/supervision/")
    supervisor.locator("details.columns summary").first.click()
    day = published_days(site.home)[-1]
    filled = {"title": "督导", "begins_on": date(day.year - 1, 1, 1), "ends_on": day, "wanted": 1, "seed": language}
    for name, value in filled.items():
        supervisor.fill(f"[name={name}]", str(value))
    supervisor.locator("details[open] form .btn-primary").click()
    supervisor.wait_for_url("**/supervision/*/")
    check_in(open_as, site, clock)
    officer = open_as("officer")
    officer.goto(f"{site.address}/inspections/")
    if officer.locator(".list-table tbody a").count() == 0:
        return with_photo(officer, site.address)
    officer.locator(".list-table tbody a").first.click()
    shot = photo(len(language) + ord(language[0]))
    officer.set_input_files("#files input[type=file]", {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": shot})
    officer.locator(".shot img").first.wait_for()
    return urlsplit(officer.url).path


def with_photo(officer: Page, site: str) -> str:
    """Another walk has done all that was open: find its report, which has a photo."""
    officer.goto(f"{site}/inspections/?tab=accepted")
    links = officer.evaluate("[...document.querySelectorAll('.list-table tbody a')].map((link) => link.href)")
    for link in dict.fromkeys(link for link in links if "/inspections/" in link):
        officer.goto(link)
        if officer.locator(".shot img").count():
            return urlsplit(link).path
    raise AssertionError("no report has a photo")


@pytest.mark.parametrize(("language", "width"), [("zh", 1366), ("en", 1920)])
def test_every_page_of_every_role(open_as, site, clock, language: str, width: int) -> None:
    first = furnish(open_as, site, clock, language)
    walk = Walk(site.address)
    roles = load_desk_rules(site.home).version("roles", Roles, published_days(site.home)[-1])
    for member in staff():
        if member.logs_in:
            grants = frozenset(each.action for each in roles.named(member.role).actions)
            # So tall that no part of a page waits to be scrolled to.
            page = open_as(member.username, width=width, height=5000, language=language)
            walk_as(walk, page, member.username, grants, first)
    assert walk.faults == []
    unseen = {
        name: page.request.get(site.address + address(pattern, NAMED)).status
        for pattern, name, view in EVERY
        if hasattr(view, "action") and name not in walk.names | MADE_FOR_LARGE_LISTS | LATER | NOT_DONE
    }
    # What answers 405 is a form's address. To anything else a link has to lead.
    assert {name: status for name, status in unseen.items() if status != 405} == {}
