"""The demo bank's events: two texts of the press, one that may name a debtor and waits for somebody, one of nobody."""

from datetime import date

import polars as pl

from postloan.desk.arrival.actions import Posted, events_post
from postloan.desk.arrival.models import ArrivedEvent
from postloan.desk.book.narrow import debtor_rows
from postloan.desk.core.authority import actions_of, scope_of, today
from postloan.desk.core.days import business_day
from postloan.desk.core.models import Officer
from postloan.desk.core.officers.actions import officer_open, role_give
from postloan.desk.core.officers.queries import head_office
from postloan.desk.core.pages import Desk
from postloan.rules.desk_rules import Role

_ACCOUNT = "press"
_MISSPELT_AT = 3
_TEXT = (
    "据媒体报道，{name}近日被多家供应商起诉，部分车间停产，有员工反映拖欠工资。"
    "公司负责人否认资金链断裂，称正与银行沟通展期，预计下月恢复生产。"
)
_OF_NOBODY = "某外地水泥企业发生安全事故，当地已立案调查；本地同行订单增长。"


def post_a_little(officer: Officer, role: Role) -> None:
    """Post them in the name of the press's account, about a company of the officer's office. Twice is once."""
    account = Officer.objects.filter(username=_ACCOUNT).first()
    if account is not None or ArrivedEvent.objects.exists():
        return
    account = officer_open(None, username=_ACCOUNT, name="舆情监测（接口）", password=None, org=head_office())
    role_give(None, account, role, head_office(), begins_on=date(today().year, 1, 1), ends_on=None, reason="demo")
    day = business_day(None)
    rows = debtor_rows(day).filter(
        pl.col("org_id") == officer.org_id, pl.col("legal_form").cast(pl.String) == "company", pl.col("loan_count") > 0
    )
    desk = Desk(account, actions_of(account), scope_of(account, "event.post"), None)
    texts = [_OF_NOBODY]
    if rows.height:
        name = str(rows.sort("exposure_cents", "debtor_no")["name"][0])
        texts.append(_TEXT.format(name=f"{name[:_MISSPELT_AT]}鑫{name[_MISSPELT_AT + 1 :]}"))
    events_post(desk, [
        Posted(f"press-{day.on}-{place}", "", day.on, "media", "", None, text, is_correction=False)
        for place, text in enumerate(texts, 1)
    ])  # fmt: skip
