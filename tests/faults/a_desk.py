"""Opens a desk on a home folder with two published days: its schema, its staff, the first day adopted, a decision made.

a_desk.py HOME bank     write, load and compute the bank
a_desk.py HOME desk     open its desk in the database that the environment names
a_desk.py HOME migrate  bring the schema up to date, nothing else
"""

# ruff: noqa: PLC0415 - Django is set up first

import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from postloan.snapshot.read import published_days, read_loans

LOANS, MONTHS, SEED = 300, 2, 7


def bank(home: Path) -> None:
    from postloan.demo.bank import write_demo_feeds
    from postloan.intake.load import load_feeds
    from postloan.night.run import run_nights

    write_demo_feeds(home / "feeds", home / "truth", loans=LOANS, months=MONTHS, seed=SEED, tell=lambda *_: None)
    list(run_nights(home, sorted(each.feed_day for each in load_feeds(home, home / "feeds", shards=2))))


def desk(home: Path) -> None:
    from postloan.demo.staff import PASSWORD, staff
    from postloan.desk.core.models import Officer, Org
    from postloan.desk.core.officers.actions import officer_open, orgs_adopt, role_give
    from postloan.plan.dossier import office_rows
    from postloan.rules.desk_rules import Roles, load_desk_rules
    from postloan.site.serving import adopt

    first = published_days(home)[0]
    orgs_adopt(office_rows(home).to_dicts())
    roles = load_desk_rules(home).version("roles", Roles, first)
    sender = ("outbox", "消息发送", "outbox_sender")
    people = [(each.username, each.name, each.role, each.org_id, each.staff_no) for each in staff() if each.logs_in]
    for username, name, role, org_id, staff_no in [*people, (*sender, people[-1][3], None)]:
        org = Org.objects.get(pk=org_id)
        officer = officer_open(None, username=username, name=name, password=PASSWORD, org=org, staff_no=staff_no)
        held = roles.named(role)
        assert held is not None, role
        role_give(None, officer, held, org, begins_on=first, ends_on=None, reason="test")
    adopt(home, first)
    decided(home, Officer.objects.get(username="approver"))


def decided(home: Path, officer: object) -> None:
    """Decide of two loans, to be handed over with the day after the last."""
    from postloan.desk.core.actions import decide

    last = published_days(home)[-1]
    said = {"tier": "substandard", "reason": "停产", "proposed_by": "a", "determined_by": "b", "approved_by": "c"}
    for at, loan_id in enumerate(read_loans(home, last).filter(status="active")["loan_id"][:2]):
        decide(
            decision_id=UUID(int=at + 1), kind="manual_tier", loan_id=loan_id, debtor_id="", terms=said,
            effective_on=last + timedelta(days=1), officer=officer,
        )  # type: ignore[arg-type]  # fmt: skip


def main() -> None:
    home, what = Path(sys.argv[1]), sys.argv[2]
    if what == "bank":
        bank(home)
        return
    from postloan.site.serving import set_up

    set_up(home)
    if what == "desk":
        desk(home)


if __name__ == "__main__":
    main()
