"""Why a loan has its tier: every step from feed rows to the clause, recomputed from the facts and compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from postloan.errors import NothingPublished
from postloan.kernels.overdue_interest import multiple
from postloan.plan.inputs import Inputs
from postloan.plan.loss_story import LossStory, loss_story
from postloan.plan.night import Assessment, serving_under
from postloan.plan.one_loan import assess_one
from postloan.plan.published_day import published_day
from postloan.plan.trace import Allocation, allocations, reliefs, row_of
from postloan.plan.vain_upgrade import VainUpgrade, vain_upgrade
from postloan.rules.rulebook import Policy, Rulebook
from postloan.rules.texts import Text
from postloan.rules.tier_law import TierLaw
from postloan.snapshot.read import scan_group_alerts, scan_loans
from postloan.steps.debtor_floor import contamination_cases


@dataclass(frozen=True)
class Why:
    """The whole story of one loan on one day.

    loan, debtor      the published rows, as recomputed.
    law               the rules of classification that the loan falls under.
    position          where the story begins: paid out, or taken on.
    unpaid            instalments fallen due and not fully paid: due_on, principal_cents, interest_cents, fee_cents,
                      days_late.
    rates             penalty, misuse and compound rates that follow from the rate in force, in 1e-8; 0 where none is
                      charged.
    contamination     each case of contamination that the law knows: the tier and clause it sets for the debtor, or None
                      where it does not bind.
    fallen            how many instalments have fallen due, and their sums.
    allocations       each payment's parts.
    reliefs           what left the arrears without cash, by day and debt.
    decisions         the desk's decisions about the loan that hold on the day.
    texts             the texts cited, by id.
    alerts            the bad members of the debtor's group for which it is to be assessed.
    vain_upgrade      the latest decision to upgrade, where it counted for nothing and the loan still waits for one.
    losses            how its expected loss was reckoned; None off the book, or before there was such a law.
    is_as_published   the recomputed row equals the published one in every column.
    """

    on: date
    run_id: str
    pins: dict[str, Any]
    policy: Policy
    law: TierLaw
    loan: dict[str, Any]
    debtor: dict[str, Any]
    position: dict[str, Any]
    contamination: dict[str, tuple[str, str] | None]
    fallen: dict[str, int]
    unpaid: pl.DataFrame
    rates: dict[str, int]
    allocations: Sequence[Allocation]
    reliefs: Sequence[Allocation]
    decisions: pl.DataFrame
    texts: dict[str, Text]
    alerts: list[dict[str, Any]]
    vain_upgrade: VainUpgrade | None
    losses: LossStory | None
    is_as_published: bool


def why(home: Path, loan_id: str, on: date) -> Why:
    """Recompute one debtor from the facts the published night rests on, and tell one loan's story.

    Raises NothingPublished, LoanUnknown (also where the loan was not in the book yet), NoRuleInForce.
    """
    day = published_day(home, on)
    policy = day.policy
    loan_no, shard, inputs, assessed = assess_one(day.facts, day.neighbours, policy, loan_id, on)
    loan = row_of(assessed.loans, loan_no)
    published = scan_loans(home, on, shard=shard).filter(pl.col("loan_no") == loan_no).collect().to_dicts()
    serving = serving_under(policy)
    parts = allocations(assessed, loan_no, serving=serving, on=on)
    relieved = reliefs(assessed, loan_no, serving=serving, on=on)
    law = _law_of(assessed, loan_no, policy, on)
    dues = assessed.dues.filter((pl.col("loan_no") == loan_no) & (pl.col("due_on") <= on))
    position = row_of(assessed.positions, loan_no)
    return Why(
        on=on,
        run_id=day.manifest["run_id"],
        pins=day.pins,
        policy=policy,
        law=law,
        loan=loan,
        debtor=assessed.debtors.row(0, named=True),
        position=position,
        contamination={
            case.name: (case.tier, case.cite) if assessed.debtors.select(case.binds).item() else None
            for case in contamination_cases(law.contamination)
        },
        fallen={
            "count": dues.height,
            "principal_cents": int(dues["principal_cents"].sum()),
            "interest_cents": int(dues["interest_cents"].sum()),
            "fee_cents": int(dues["fee_cents"].sum()),
        },
        unpaid=_unpaid(dues, [*parts, *relieved], loan, assessed.rolled, on),
        rates={
            name: multiple(loan["rate_in_force_e8"], position[f"{name}_factor_e8"])
            for name in ("penalty", "misuse", "compound")
        },
        allocations=parts,
        reliefs=relieved,
        decisions=_decisions(inputs, loan_no, on),
        texts=_cited(day.rulebook, loan, policy),
        alerts=_alerts(home, on, loan["debtor_no"]),
        vain_upgrade=vain_upgrade(assessed, loan),
        losses=loss_story(assessed, day.neighbours, policy, loan, on),
        is_as_published=published == [loan],
    )


def _law_of(assessed: Assessment, loan_no: int, policy: Policy, on: date) -> TierLaw:
    """The law by which the loan was judged; of one that needed no judging, that of the day."""
    laws = policy.tier_laws_for(on)
    judged = assessed.judged.filter((pl.col("loan_no") == loan_no) & (pl.col("on") == on))
    return laws.laws[judged.select(laws.which()).item() if judged.height else -1]


def _alerts(home: Path, on: date, debtor_no: int) -> list[dict[str, Any]]:
    """The bad members of its group for which the debtor is to be assessed; none in a snapshot without the table."""
    try:
        return scan_group_alerts(home, on).filter(pl.col("other_no") == debtor_no).collect().to_dicts()
    except NothingPublished:
        return []


def _unpaid(
    dues: pl.DataFrame, parts: Sequence[Allocation], loan: dict[str, Any], rolled: pl.DataFrame, on: date
) -> pl.DataFrame:
    """Take what was paid or relieved off what fell due, by due day and component."""
    components = ("fee", "interest", "principal")
    paid: dict[tuple[date | None, str], int] = {}
    for part in parts:
        key = (part.due_on, part.component)
        paid[key] = paid.get(key, 0) + part.cents
    rows = []
    by_day = dues.group_by("due_on").agg(pl.col(f"{component}_cents").sum() for component in components)
    for due in by_day.sort("due_on").iter_rows(named=True):
        owed = {f"{name}_cents": due[f"{name}_cents"] - paid.get((due["due_on"], name), 0) for name in components}
        rows.append({"due_on": due["due_on"]} | owed)
    since = dict(rolled.filter(pl.col("loan_no") == loan["loan_no"]).select("due_on", "counts_from").iter_rows())
    late = [(on - since.get(row["due_on"], row["due_on"])).days * (row["due_on"] < on) for row in rows]
    frame = pl.DataFrame(rows, schema=dues.drop("loan_no").schema).with_columns(
        days_late=pl.Series(late, dtype=pl.Int64)
    )
    if loan["method"] == "daily_interest" or loan["status"] != "active":
        # Cash of a daily-interest loan meets interest and principal, not instalments.
        return frame.clear()
    return frame.filter(pl.sum_horizontal(f"{component}_cents" for component in components) > 0)


def _decisions(inputs: Inputs, loan_no: int, on: date) -> pl.DataFrame:
    return inputs.decision.filter(
        (pl.col("loan_no") == loan_no)
        & (pl.col("effective_on") <= on)
        & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= on))
        & ~pl.col("is_withdrawn").fill_null(value=False)
    )


def _cited(rulebook: Rulebook, loan: dict[str, Any], policy: Policy) -> dict[str, Text]:
    """The texts that stand behind the loan's floors and tier, and behind the order of payment."""
    cites = [loan[name] for name in loan if name.endswith("_cite") and loan[name]]
    cites += [str(rank.cite) for rank in policy.allocation_order.order]
    ids = dict.fromkeys(cite.split(" ", 1)[0] for cite in cites)
    return {text_id: rulebook.texts[text_id] for text_id in ids}
