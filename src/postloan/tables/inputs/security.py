"""Feed tables about what secures a debt, and the steps taken at law."""

from typing import ClassVar

import dataframely as dy
import polars as pl

from postloan.tables.clocks import ASSET_KINDS
from postloan.tables.inputs.feed import FeedTable, Owner
from postloan.tables.units import SECURES_KINDS, day, flag, ident, money, one_of, text, whole

COLLATERAL_KINDS = (
    "cash", "precious_metal", "bond", "bill", "equity_listed", "equity_unlisted", "fund", "policy", "asset_product",
    "financial_other", "receivable", "fee_right", "receivable_other", "residential", "commercial_property",
    "residential_land", "commercial_land", "construction", "real_estate_other", "stock", "machinery", "vehicle",
    "resource_right", "intellectual_property", "other",
)  # fmt: skip

PAYEES = ("bank", "other")


class Collateral(FeedTable):
    """A thing or right given as security (押品)."""

    table: ClassVar[str] = "collateral"
    zh: ClassVar[str] = "押品"
    owner: ClassVar[Owner] = "bank"

    collateral_id = ident("collateral", "押品号", key=True)
    owner_id = ident("owner, debtor or not", "所有人")
    kind = one_of("class (form G13)", "押品类型", COLLATERAL_KINDS)
    description = text("description", "描述")
    region_code = ident("GB/T 2260 region", "地区代码", optional=True)
    registered_on = day("day of registration", "登记日", optional=True)
    registration_ends_on = day("registration ends", "登记到期日", optional=True)
    insured_to_on = day("insurance ends", "保险到期日", optional=True)
    insured_cents = money("sum insured", "保险金额", optional=True)
    insurance_payee = one_of("whom the insurance names before all others", "保险第一受益人", PAYEES, optional=True)
    custody = ident("where the title papers are", "权证保管", optional=True)
    status = one_of("status", "状态", ("held", "released", "seized", "sold"), optional=True)


class Valuation(FeedTable):
    """A collateral's value on a day."""

    table: ClassVar[str] = "valuation"
    zh: ClassVar[str] = "押品估值"
    owner: ClassVar[Owner] = "bank"

    collateral_id = ident("collateral", "押品号", key=True, refers="collateral")
    valued_on = day("day of the value", "估值日", key=True)
    value_cents = money("value", "估值")
    method = ident("method", "估值方法", optional=True)
    valuer = text("valuer", "评估机构")


class Pledge(FeedTable):
    """A collateral's tie to what it secures."""

    table: ClassVar[str] = "pledge"
    zh: ClassVar[str] = "押品担保关系"
    owner: ClassVar[Owner] = "secured"

    pledge_id = ident("pledge", "担保关系号", key=True)
    collateral_id = ident("collateral", "押品号", refers="collateral")
    secures_kind = one_of("what is secured", "担保对象类型", SECURES_KINDS)
    secures_id = ident("its identifier", "担保对象")
    rank = whole("rank, 1 is first", "顺位", least=1, most=99)
    secured_cents = money("amount secured", "担保金额")
    prior_claims_cents = money(
        "what earlier ranks secure that are not in this bank's book", "先顺位债权额", optional=True
    )
    is_maximum_amount = flag("secures a running account up to the amount (最高额)", "最高额")
    begins_on = day("first day", "起始日")
    ends_on = day("last day", "到期日", optional=True)


class Guarantee(FeedTable):
    """A guarantor's promise."""

    table: ClassVar[str] = "guarantee"
    zh: ClassVar[str] = "保证"
    owner: ClassVar[Owner] = "secured"

    guarantee_id = ident("guarantee", "保证号", key=True)
    guarantor_id = ident("guarantor, debtor or not", "保证人")
    secures_kind = one_of("what is secured", "担保对象类型", SECURES_KINDS)
    secures_id = ident("its identifier", "担保对象")
    amount_cents = money("amount guaranteed", "保证金额")
    is_maximum_amount = flag("secures a running account up to the amount (最高额)", "最高额")
    kind = one_of("joint or general", "保证方式", ("joint", "general"))
    begins_on = day("first day", "起始日")
    ends_on = day("last day of the guarantee period", "保证期间届满日", optional=True)


class LegalEvent(FeedTable):
    """A step at law, with its proof; the clocks of limitation and preservation run from these."""

    table: ClassVar[str] = "legal_event"
    zh: ClassVar[str] = "法律事件"
    owner: ClassVar[Owner] = "loan_or_contract"

    legal_event_id = ident("legal event", "法律事件号", key=True)
    loan_id = ident("loan, or contract_id", "借据号", optional=True, refers="loan")
    contract_id = ident("contract, or loan_id", "合同号", optional=True, refers="contract")
    kind = ident("demand, acknowledgement, filing, judgment, enforcement, freeze, seal, auction …", "类型")
    happened_on = day("day", "发生日")
    ends_on = day("day on which its effect ends", "到期日", optional=True)
    proof = text("proof", "凭证")
    guarantee_id = ident(
        "guarantee, where the step is against its guarantor and not the debtor", "保证号", optional=True
    )
    asset_kind = one_of("kind of thing seized or taken", "财产种类", ASSET_KINDS, optional=True)
    asset_id = ident("thing or account seized or taken; a renewal names it again", "财产编号", optional=True)

    @dy.rule()
    def concerns_a_loan_or_a_contract(cls) -> pl.Expr:
        """At least one of the two is named."""
        return cls.loan_id.col.is_not_null() | cls.contract_id.col.is_not_null()
