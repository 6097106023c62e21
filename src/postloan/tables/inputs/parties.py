"""Feed tables about people, companies and the bank's own offices."""

from typing import ClassVar

import dataframely as dy
import polars as pl

from postloan.tables.inputs.feed import FeedTable, Owner
from postloan.tables.units import LEGAL_FORMS, ORG_LEVELS, SIZE_CLASSES, day, flag, ident, money, one_of, text, whole


class Org(FeedTable):
    """The bank's offices, as a tree."""

    table: ClassVar[str] = "org"
    zh: ClassVar[str] = "机构"
    owner: ClassVar[Owner] = "bank"

    org_id = ident("office", "机构号", key=True)
    parent_id = ident("the office above; empty for head office", "上级机构号", optional=True, refers="org")
    name = text("name", "机构名称", optional=False)
    level = one_of("level", "机构级别", ORG_LEVELS)
    region_code = ident("GB/T 2260 region", "地区代码", optional=True)


class Debtor(FeedTable):
    """Whoever owes: persons, companies, financial institutions, governments."""

    table: ClassVar[str] = "debtor"
    zh: ClassVar[str] = "客户"
    owner: ClassVar[Owner] = "debtor"

    debtor_id = ident("debtor", "客户号", key=True)
    name = text("name", "客户名称", optional=False)
    legal_form = one_of("legal form", "客户类型", LEGAL_FORMS)
    size_class = one_of("size by the statistical standard; none for persons", "企业规模", SIZE_CLASSES)
    id_kind = ident("kind of identity document", "证件类型", optional=True)
    id_number = text("identity number; sealed at intake", "证件号码", max_length=64)
    phone = text("telephone; sealed at intake", "联系电话", max_length=64)
    industry_code = ident("GB/T 4754 industry", "行业代码", optional=True)
    region_code = ident("GB/T 2260 region", "地区代码", optional=True)
    group_id = ident("group of connected customers", "集团号", optional=True)
    internal_grade = ident("the bank's own grade", "内部评级", optional=True)
    external_grade = ident("an agency's grade", "外部评级", optional=True)
    registered_on = day("day of registration", "成立日期", optional=True)
    employee_count = whole("employees", "职工人数", optional=True)


class CoBorrower(FeedTable):
    """A further debtor who owes the same loan."""

    table: ClassVar[str] = "co_borrower"
    zh: ClassVar[str] = "共同借款人"
    owner: ClassVar[Owner] = "loan"

    loan_id = ident("loan", "借据号", key=True, refers="loan")
    debtor_id = ident("the further debtor", "客户号", key=True, refers="debtor")
    role = ident("role, such as spouse or partner", "角色")


class Relation(FeedTable):
    """One party's tie to another."""

    table: ClassVar[str] = "relation"
    zh: ClassVar[str] = "关联关系"
    owner: ClassVar[Owner] = "debtor"

    debtor_id = ident("debtor", "客户号", key=True, refers="debtor")
    other_id = ident("the other party, debtor or not", "关联方", key=True)
    kind = ident("legal_representative, shareholder, spouse, invests, controls, trades_with …", "关系类型", key=True)
    share_e8 = whole("share held, in 1e-8", "持股比例", most=10**8, optional=True)


class Statement(FeedTable):
    """One item of a debtor's financial statements."""

    table: ClassVar[str] = "statement"
    zh: ClassVar[str] = "财务报表"
    owner: ClassVar[Owner] = "debtor"

    debtor_id = ident("debtor", "客户号", key=True, refers="debtor")
    period_end_on = day("end of the period", "报表期末", key=True)
    item = ident("item code", "科目代码", key=True)
    value_cents = money("amount", "金额", signed=True)
    audited = flag("audited", "是否审计")


class Event(FeedTable):
    """Something that happened to a debtor, from outside or inside the bank."""

    table: ClassVar[str] = "event"
    zh: ClassVar[str] = "事件"
    owner: ClassVar[Owner] = "debtor"

    event_id = ident("event", "事件号", key=True)
    debtor_id = ident("debtor", "客户号", refers="debtor")
    happened_on = day("day it happened", "发生日期")
    source = one_of(
        "where it was learned",
        "来源",
        ("court", "tax", "environment", "registry", "media", "bureau", "internal"),
    )
    kind = ident("kind of event", "事件类型")
    amount_cents = money("amount, if any", "金额", optional=True)
    text = text("what happened", "内容", max_length=20_000)


class Elsewhere(FeedTable):
    """What the credit bureau says a debtor owes at all banks."""

    table: ClassVar[str] = "elsewhere"
    zh: ClassVar[str] = "他行负债"
    owner: ClassVar[Owner] = "debtor"

    debtor_id = ident("debtor", "客户号", key=True, refers="debtor")
    on = day("day of the report", "查询日期", key=True)
    all_banks_cents = money("debt at all banks, this one included", "全部银行负债")
    all_banks_over_90_cents = money("of that, overdue more than 90 days", "其中逾期90天以上")
    other_bank_npl = flag("another bank classes it non-performing", "他行不良")
    queries_3m = whole("bureau queries in three months", "近三月查询次数", optional=True)

    @dy.rule()
    def overdue_debt_is_part_of_debt(cls) -> pl.Expr:
        """A part cannot be greater than the whole."""
        return cls.all_banks_over_90_cents.col <= cls.all_banks_cents.col
