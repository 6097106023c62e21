"""What officers do all day, by their roles: what they open, what they write, and how long they think in between.

A day is a round of steps that begins anew until its time is over. Each step opens a page or sends a form that a page
offered; what an officer does not find on a page, he cannot do. Where somebody else was quicker the desk refuses, as it
should: that is counted apart.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from browsing import PASSWORD, Browser, Deed, filled, form_to, links_of

Round = Callable[[Browser, random.Random], Iterator[None]]
LISTS = (
    "/loans/?tab=overdue&sort=-outstanding_cents", "/loans/?tab=all&sort=debtor_name", "/loans/?q=11&tab=all",
    "/loans/?tab=all&balance_from=100000&sort=-matures_on&page=3", "/loans/?tab=npl", "/debtors/?tab=overdue",
)  # fmt: skip
COCKPIT = ("migration", "rolls", "trend", "bridge", "industry", "region", "product", "ranking", "debtors", "vintages")


def _one(chance: random.Random, found: list[str]) -> list[str]:
    return [chance.choice(found)] if found else []


def _work(me: Browser, chance: random.Random) -> Iterator[None]:
    """Open the work list and an item of it, and note that it is done."""
    page = me.get("/", "work list")
    yield
    for item in _one(chance, links_of(page, r"/work/\d+/")):
        form = form_to(me.get(item, "work item"), "/done")
        yield
        if form:
            deed = Deed(me.username, "work.done", f"core.workitem:{item.split('/')[2]}")
            me.send(form, "write: note", deed, note="已电话联系客户，核实还款安排。")
            yield


def _book(me: Browser, chance: random.Random) -> Iterator[None]:
    """Look for loans by a filter, open one, and ask why it has its tier."""
    page = me.get(chance.choice(LISTS), "list with filters")
    yield
    for loan in _one(chance, links_of(page, r"/loans/[^/?]+/")):
        me.get(loan, "loan")
        yield
        me.get(f"{loan}why", "why")
        yield


def _cockpit(me: Browser, _chance: random.Random) -> Iterator[None]:
    """Open the cockpit; its parts are asked for by the page, without a pause."""
    me.get("/cockpit/", "cockpit")
    for name in COCKPIT:
        me.get(f"/cockpit/{name}", "part of cockpit")
    yield


def _inspect(me: Browser, chance: random.Random) -> Iterator[None]:
    """Write the report of an inspection and submit it."""
    page = me.get("/inspections/?tab=to_do", "inspections")
    yield
    for one in _one(chance, links_of(page, r"/inspections/\d+/")):
        form = form_to(me.get(one, "inspection"), "/submit")
        yield
        if form:
            form.choices["second"] = [each for each in form.choices.get("second", []) if each != me.username]
            deed = Deed(me.username, "inspection.submitted", f"inspection.inspection:{one.split('/')[2]}")
            me.send(filled(form, way="phone", inspected_on=time.strftime("%Y-%m-%d")), "write: report", deed)
            yield


def _review(me: Browser, chance: random.Random) -> Iterator[None]:
    """Decide an inspection: accept a report that others wrote."""
    page = me.get("/inspections/?tab=review", "inspections")
    yield
    for one in _one(chance, links_of(page, r"/inspections/\d+/")):
        form = form_to(me.get(f"{one}review", "inspection"), "/accept")
        yield
        if form:
            deed = Deed(me.username, "inspection.accepted", f"inspection.inspection:{one.split('/')[2]}")
            me.send(form, "write: accepted", deed, opinion="同意。")
            yield


def _propose(me: Browser, chance: random.Random) -> Iterator[None]:
    """Propose to freeze a debtor's credit."""
    page = me.get(f"/debtors/?tab=overdue&page={chance.randrange(1, 20)}", "list with filters")
    yield
    for debtor in _one(chance, links_of(page, r"/debtors/[^/?]+/")):
        page = me.get(f"/freezes/propose?debtor={debtor.split('/')[2]}", "freeze")
        yield
        form = form_to(page, "/freezes/propose")
        if form:
            deed = Deed(me.username, "freeze.propose", f"debtor:{debtor.split('/')[2]}")
            me.send(form, "write: proposed", deed, reason="多笔借据逾期，建议冻结新增授信。")
            yield


def _approve(me: Browser, chance: random.Random) -> Iterator[None]:
    """Approve a freeze that waits."""
    page = me.get("/freezes/?tab=proposed", "list with filters")
    yield
    for freeze in _one(chance, links_of(page, r"/freezes/[0-9a-f-]{36}/")):
        page = me.get(freeze, "freeze")
        yield
        form, debtor = form_to(page, "/decide"), links_of(page, r"/debtors/[^/?]+/")
        if form and debtor:
            deed = Deed(me.username, "freeze.approve", f"debtor:{debtor[0].split('/')[2]}")
            me.send(form, "write: approved", deed, verdict="agree")
            yield


def _collect(me: Browser, _chance: random.Random) -> Iterator[None]:
    """Take the next case, look at it, and put it back."""
    form = form_to(me.get("/collection/", "collection"), "/collection/next")
    yield
    case = me.send(form, "write: case taken") if form else ""
    if re.fullmatch(r"/collection/\d+/", case):
        form = form_to(me.get(case, "case"), "/put-back")
        yield
        if form:
            deed = Deed(me.username, "collection.put_back", f"collection.collectioncase:{case.split('/')[2]}")
            me.send(form, "write: case put back", deed, reason="暂时不便联系")
            yield


ROUNDS: dict[str, tuple[Round, ...]] = {
    "account_officer": (_work, _book, _inspect),
    "inspector": (_review, _book, _review, _work),
    "risk_manager": (_propose, _cockpit, _book),
    "classification_approver": (_approve, _cockpit, _approve, _book),
    "collector": (_collect, _collect, _collect, _book),
    "manager": (_cockpit, _book),
}
_OF_TEN = (
    "account_officer", "collector", "account_officer", "inspector", "account_officer",
    "risk_manager", "account_officer", "classification_approver", "account_officer", "manager",
)  # fmt: skip
"""Of ten officers, who is what."""


def open_officers(home: Path, count: int) -> list[tuple[str, str]]:
    """Give so many officers the password of the bench, opening those the bank lacks; username and role of each."""
    from django.contrib.auth.hashers import make_password

    from postloan.desk.collection.models import Seat
    from postloan.desk.core.days import business_day
    from postloan.desk.core.models import Officer, Org
    from postloan.desk.core.officers.actions import officer_open, role_give
    from postloan.rules.collection import Collection
    from postloan.rules.desk_rules import Roles, load_desk_rules

    day, rules, password = business_day(None), load_desk_rules(home), make_password(PASSWORD)
    roles, teams = rules.version("roles", Roles, day.on), rules.version("collection", Collection, day.on).teams
    offices = sorted(Org.objects.all(), key=lambda org: (org.path.count("/"), org.pk))
    leaves = [org for org in offices if org.path.count("/") == offices[-1].path.count("/")]
    found = []
    for at in range(count):
        role = _OF_TEN[at % len(_OF_TEN)]
        taken = [username for username, _role in found]
        held = Officer.objects.filter(grants__role=role, is_active=True).exclude(username__in=taken).distinct()
        officer = held.order_by("username").first()
        if officer is None:
            org = leaves[at % len(leaves)] if role in {"account_officer", "inspector"} else offices[0]
            officer = officer_open(None, username=f"bench{at}", name=f"同事{at}", password=None, org=org)
            role_give(None, officer, roles.named(role), org, begins_on=day.on, ends_on=None, reason="bench")
        Officer.objects.filter(pk=officer.pk).update(password=password)
        if role == "collector":
            Seat.objects.get_or_create(officer=officer, defaults={"team": teams[at % len(teams)].team})
        found.append((officer.username, role))
    return found


def day_of(role: str, seed: int, until: float, pause: tuple[float, float]) -> Callable[[Browser], None]:
    """A day of an officer: logs in where he is not yet, and goes round until the time is over.

    pause  how many seconds he thinks after each page, at least and at most.
    """
    chance = random.Random(seed)  # noqa: S311 - only spreads what is done

    def think() -> None:
        time.sleep(max(0.0, min(chance.uniform(*pause), until - time.time())))

    def day(browser: Browser) -> None:
        # Nobody comes on the second.
        time.sleep(chance.uniform(0, pause[1]))
        while "sessionid" not in browser.cookies and time.time() < until:
            if not browser.log_in():
                think()
        while time.time() < until:
            for one in ROUNDS[role]:
                for _page in islice(one(browser, chance), 20):
                    think()
                    if time.time() >= until:
                        return

    return day
