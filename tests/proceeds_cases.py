"""Steps of the cases about the use of loan money: drawdowns and entries as a case writes them, and what is found."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import polars as pl

from postloan.plan.proceeds import Told, paths_of
from postloan.rules.rulebook import Rulebook, policy_on

Given = dict[str, list[dict[str, Any]]]

_TEXT, _NUMBER, _DAY = pl.String(), pl.Int64(), pl.Date()
_DRAWN = {
    "loan_no": _NUMBER, "loan_id": _TEXT, "debtor_no": _NUMBER, "paid_on": _DAY, "amount_cents": _NUMBER,
    "payee": _TEXT, "payee_account": _TEXT, "payee_bank": _TEXT, "pay_out": _TEXT, "product": _TEXT,
    "industry_code": _TEXT, "legal_form": _TEXT, "signed_on": _DAY,
}  # fmt: skip
_ENTRY = {
    "debtor_no": _NUMBER, "account_id": _TEXT, "booked_at": pl.Datetime("us"), "amount_cents": _NUMBER,
    "counterparty": _TEXT, "counterparty_account": _TEXT, "counterparty_bank": _TEXT, "counterparty_kind": _TEXT,
}  # fmt: skip


def use_of_proceeds(given: Given, rulebook: Rulebook, day: date) -> pl.DataFrame:
    """The breach and the findings of loans, a debtor each: `yuan` of drawdowns and entries is whole yuan."""
    policy = policy_on(rulebook, day)
    assert policy.use_of_proceeds is not None
    loans = {row["loan_no"]: row for row in given["loans"]}
    drawn = [
        dict.fromkeys(_DRAWN)
        | {"product": "流动资金贷款", "legal_form": "company", "signed_on": row["paid_on"]}
        | {name: value for name, value in loans[row["loan_no"]].items() if name in _DRAWN}
        | {"loan_id": f"L{row['loan_no']}", "debtor_no": row["loan_no"], "amount_cents": row["yuan"] * 100}
        | {name: value for name, value in row.items() if name != "yuan"}
        for row in given["drawdowns"]
    ]
    entries = [
        dict.fromkeys(_ENTRY)
        | {"debtor_no": row["loan_no"], "account_id": f"A{row['loan_no']}", "amount_cents": row["yuan"] * 100,
           "booked_at": datetime.combine(row["on"], time(10)), "counterparty_account": row.get("account"),
           "counterparty_kind": row.get("kind", "company")}
        for row in given.get("entries", ())
    ]  # fmt: skip
    parties = pl.DataFrame(
        {"debtor_no": list(loans), "debtor_id": [f"D{no}" for no in loans], "name": [f"debtor {no}" for no in loans]}
    )
    told = Told(
        pl.DataFrame(drawn, schema=_DRAWN), pl.DataFrame(entries, schema=_ENTRY),
        pl.DataFrame({"account": [f"A{no}" for no in loans], "owner_no": list(loans)}),
        pl.DataFrame(schema={"debtor_no": _NUMBER, "owner_no": _NUMBER}), parties,
    )  # fmt: skip
    rows = paths_of(told, policy.entrusted_payment, policy.use_of_proceeds).with_columns(
        pl.col("breach", "finding").cast(pl.String)
    )
    of_loans = rows.group_by(loan_no="debtor_no").agg(
        pl.col("breach").drop_nulls().first(), pl.col("breach_cite").drop_nulls().first(),
        pl.col("finding").drop_nulls().first(),
        breach_yuan=pl.col("amount_cents").filter(pl.col("breach").is_not_null()).sum() // 100,
    )  # fmt: skip
    asked = pl.DataFrame({"loan_no": list(loans)}, schema={"loan_no": _NUMBER})
    return asked.join(of_loans, on="loan_no", how="left", maintain_order="left").with_columns(
        pl.col("breach_yuan").fill_null(0)
    )


PROCEEDS_STEPS: dict[str, Callable[[Given, Rulebook, date], pl.DataFrame]] = {"use_of_proceeds": use_of_proceeds}
