"""Options as quoted against the night's: random loans, random options, every instalment and published figure compared.

    python bench/restructurings.py [--loans 10000] [--whole 500] [--seed 11]

A book of random loans is loaded and run through two nights. Between them each loan is quoted a random option, alone;
what was quoted goes to intake as decisions, and the second night applies them all. Every instalment to come of every
loan must be the night's to the cent; of the first `--whole` loans the published row that was quoted, too.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.night.run import run_night
from postloan.plan.inputs import NO_NEIGHBOURS, Inputs, law_day, of_debtor, read_inputs
from postloan.plan.night import planned
from postloan.plan.options import Change, Instalment, Option, compared, decided, instalments_to_come
from postloan.rules.rulebook import Policy, load_rulebook, policy_on
from postloan.snapshot.read import read_loans

DAY = date(2026, 3, 31)
NEXT = DAY + timedelta(days=1)
METHODS = (
    "level_instalment", "equal_principal", "flat_rate", "interest_only", "bullet", "balloon", "step_arithmetic",
    "step_geometric", "scheduled", "daily_interest",
)  # fmt: skip
OWN_BOOK = """
rule: book_of_record
says: There is no core system; our own balance is published.

versions:
  - from: 2021-01-01
    holder: {system: postloan, cite: {text: postloan-settings, at: "book of record"}}
"""
CHECKS = """
rule: publish_checks
says: A whole book is restructured in one night.

versions:
  - from: 2021-01-01
    tier_share_move: {over_share: 1, within_days: 7, cite: {text: postloan-settings, at: "publish checks 1"}}
    quarantined: {over_share: 0, cite: {text: postloan-settings, at: "publish checks 2"}}
    improved: {up_to_loans: 1000000, cite: {text: postloan-settings, at: "publish checks 3"}}
"""
Row = dict[str, Any]


def draw_book(chance: np.random.Generator, loans: int) -> dict[str, list[Row]]:
    """Draw loans of every method, each of a debtor of its own, some paid as agreed, some late, some never."""
    book: dict[str, list[Row]] = {"loan": [], "debtor": [], "instalment": [], "payment": []}
    for number in range(loans):
        loan = _loan(chance, f"L{number:06d}", f"D{number:06d}")
        book["loan"].append(loan)
        form = str(chance.choice(["person", "sole_trader", "company"]))
        book["debtor"].append({
            "debtor_id": loan["debtor_id"], "name": loan["debtor_id"], "legal_form": form,
            "size_class": "small" if form == "company" else "none", "region_code": "110000",
        })  # fmt: skip
        if loan["method"] == "scheduled":
            book["instalment"] += _instalments(chance, loan)
        book["payment"] += _payments(chance, loan)
    return book


def _loan(chance: np.random.Generator, loan_id: str, debtor_id: str) -> Row:
    months = int(chance.choice([6, 9, 12, 18, 24, 36, 60, 120]))
    begun = DAY - timedelta(days=int(chance.integers(1, min(months * 30 - 20, 900))))
    ends = _months_later(begun, months)
    return {
        "loan_id": loan_id, "debtor_id": debtor_id, "org_id": "000", "product": "x", "currency": "CNY",
        "principal": f"{int(chance.integers(10_000, 90_000_000)) / 100:.2f}", "disbursed_on": begun,
        "matures_on": max(ends, DAY + timedelta(days=3)),
        "annual_rate": f"{int(chance.integers(1, 2400)) / 10_000:.4f}",
        "method": str(chance.choice(METHODS)), "day_count": str(chance.choice(["30/360", "ACT/360", "ACT/365"])),
        "due_day": int(chance.integers(1, 32)), "period_months": int(chance.choice([1, 1, 1, 3])),
        "holiday_roll": str(chance.choice(["none", "following", "preceding"])),
        "roll_moves_interest": str(chance.choice(["true", "false"])), "amortization_months": 180, "step": "10.00",
        "step_factor": "1.01", "step_periods": 3, "penalty_factor": "1.5", "charges_compound": "true",
        "interest_only_periods": int(chance.choice([0, 0, 2])),
    }  # fmt: skip


def _instalments(chance: np.random.Generator, loan: Row) -> Iterator[Row]:
    cents, months = int(float(loan["principal"]) * 100 + 1 / 2), 6
    days = sorted({loan["matures_on"] - timedelta(days=30 * at) for at in range(months)} - {loan["disbursed_on"]})
    days = [day for day in days if day > loan["disbursed_on"]]
    for seq, day in enumerate(days, 1):
        part = cents // len(days) if seq < len(days) else cents - cents // len(days) * (len(days) - 1)
        interest = int(chance.integers(0, 50_000))
        yield {
            "loan_id": loan["loan_id"], "version": 1, "seq": seq, "due_on": day, "principal": f"{part / 100:.2f}",
            "interest": f"{interest / 100:.2f}",
        }  # fmt: skip


def _payments(chance: np.random.Generator, loan: Row) -> Iterator[Row]:
    run = (DAY - loan["disbursed_on"]).days
    for place in range(int(chance.integers(0, 7))):
        share = float(chance.random()) / 8
        yield {
            "payment_id": f"{loan['loan_id']}-{place}", "loan_id": loan["loan_id"],
            "paid_on": loan["disbursed_on"] + timedelta(days=int(chance.integers(1, run + 1))),
            "amount": f"{max(1, int(float(loan['principal']) * share * 100)) / 100:.2f}",
        }  # fmt: skip


def draw_option(chance: np.random.Generator, loan: Mapping[str, Any], to_come: Sequence[Instalment]) -> Option:
    """Draw one to three changes, in some order; some have no place or are forbidden, as people's wishes are."""
    left_cents = sum(each.principal_cents for each in to_come) or 100
    rate = float(loan["annual_rate"]) * float(chance.random())
    due_on = to_come[int(chance.integers(0, min(3, len(to_come))))].due_on if to_come else NEXT
    later_on = due_on + timedelta(days=int(chance.integers(1, 200)))
    waived = f"{int(chance.integers(1, 100_000)) / 100:.2f}"
    part = int(left_cents * (0.1 + 0.7 * float(chance.random())))
    parts = ["interest", "penalty", "compound"][: int(chance.integers(1, 4))]
    said: dict[str, Mapping[str, Any]] = {
        "extension": {"periods": int(chance.integers(1, 13))},
        "rate_change": {"annual_rate": f"{rate:.6f}"},
        "deferral": {"due_on": due_on.isoformat(), "new_due_on": later_on.isoformat()},
        "capitalise": {"components": parts},
        "reamortise": {"periods": int(chance.integers(1, 30))} if chance.random() < 0.5 else {},
        "split": {"amount": f"{max(part, 1) / 100:.2f}"},
        "waiver": {"component": str(chance.choice(["interest", "penalty", "compound"])), "amount": waived},
        "write_off": {"principal": f"{max(part // 3, 1) / 100:.2f}", "interest": "0", "ground": "g"},
    }  # fmt: skip
    kinds = chance.choice(list(said), size=int(chance.integers(1, 4)), replace=False)
    free = ("waiver", "write_off")
    made = [Change(str(kind), said[kind] if kind in free else {**said[kind], "approver": "a"}) for kind in kinds]
    eased = Change("restructure", {"difficulty": "overdue", "adjustment": "easier_plan"})
    return Option("drawn", (eased, *made))


def feed(folder: Path, day: date, tables: Mapping[str, Sequence[Row]], mode: str) -> Path:
    """Write a delivery of a day."""
    folder = folder / day.isoformat()
    folder.mkdir(parents=True)
    names = "".join(f"  {name}: {mode}\n" for name in tables)
    (folder / "feed.yaml").write_text(f"source: core\ntables:\n{names}")
    for name, rows in tables.items():
        pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    return folder.parent


def quoted(
    inputs: Inputs,
    policy: Policy,
    loan_no: int,
    loan: Mapping[str, Any],
    chance: np.random.Generator,
    *,
    is_whole: bool,
) -> tuple[Option, tuple[Instalment, ...], Mapping[str, Any] | None]:
    """Quote one loan alone an option of the next day: its instalments; of a whole quote the row, too."""
    to_come = instalments_to_come(planned(inputs, policy, on=NEXT).dues, loan_no, NEXT)
    option = draw_option(chance, loan, to_come)
    if is_whole:
        (made,) = compared(inputs, policy, None, loan_no, [option], on=NEXT).options
        return option, made.instalments, made.loan
    tried = planned(decided(inputs, loan_no, option, NEXT), policy, on=NEXT)
    return option, instalments_to_come(tried.dues, loan_no, NEXT), None


def compare_book(home: Path, feeds: Path, *, loans: int, whole: int, seed: int) -> Row:
    """Make, quote, decide, run; return how many were quoted, applied, and how many differ."""
    chance = np.random.default_rng(seed)
    own = home / "rulebook" / "bank"
    own.mkdir(parents=True)
    (own / "book_of_record.yaml").write_text(OWN_BOOK)
    (own / "publish_checks.yaml").write_text(CHECKS)
    book = draw_book(chance, loans) | {"org": [{"org_id": "000", "name": "总行", "level": "head"}]}
    (report,) = load_feeds(home, feed(feeds / "first", DAY, book, "full"), shards=1)
    _must_be_clean(report.quarantined)
    run_night(home, DAY)
    facts = Facts(home, None)
    policy = policy_on(load_rulebook(home), law_day(NEXT, facts))
    held, terms = read_inputs(facts, 0, NO_NEIGHBOURS), {each["loan_id"]: each for each in book["loan"]}
    active = read_loans(home, DAY).filter(pl.col("status") == "active").sort("loan_no")
    quotes, rows = {}, []
    begun = time.process_time()
    for place, (loan_no, debtor_no, loan_id) in enumerate(active.select("loan_no", "debtor_no", "loan_id").iter_rows()):
        mine = of_debtor(held, debtor_no)
        quotes[loan_no] = quoted(mine, policy, loan_no, terms[loan_id], chance, is_whole=place < whole)
        for at, change in enumerate(quotes[loan_no][0].changes):
            rows.append({
                "decision_id": f"{loan_id}-{at}", "kind": change.kind, "loan_id": loan_id, "effective_on": NEXT,
                "ends_on": None, "terms": json.dumps(dict(change.terms)), "is_withdrawn": "false",
            })  # fmt: skip
    seconds = time.process_time() - begun
    (report,) = load_feeds(home, feed(feeds / "second", NEXT, {"decision": rows}, "increment"))
    _must_be_clean(report.quarantined)
    run_night(home, NEXT)
    return _judged(home, policy, quotes) | {"cpu_seconds": round(seconds)}


def _must_be_clean(quarantined: int) -> None:
    if quarantined:
        raise SystemExit(f"intake refused {quarantined} rows")


def _judged(
    home: Path, policy: Policy, quotes: Mapping[int, tuple[Option, tuple[Instalment, ...], Mapping[str, Any] | None]]
) -> Row:
    made = planned(read_inputs(Facts(home, None), 0, NO_NEIGHBOURS), policy, on=NEXT)
    to_come = made.dues.filter(pl.col("due_on") > NEXT).sort("loan_no", "due_on", maintain_order=True)
    by_loan: dict[int, list[Instalment]] = {}
    for number, *row in to_come.select("loan_no", *Instalment._fields).iter_rows():
        by_loan.setdefault(number, []).append(Instalment(*row))
    published = {row["loan_no"]: row for row in read_loans(home, NEXT).iter_rows(named=True)}
    wrong = [number for number, (_, told, _) in quotes.items() if list(told) != by_loan.get(number, [])]
    rows = [(row, published[number]) for number, (_, _, row) in quotes.items() if row is not None]
    return {
        "quoted": len(quotes), "instalments": sum(len(told) for _, told, _ in quotes.values()),
        "changes": sum(len(option.changes) - 1 for option, _, _ in quotes.values()),
        "applied": len(made.changed.taken), "refused": len(made.changed.refused), "schedules_that_differ": wrong,
        "rows": len(rows), "rows_that_differ": [one["loan_id"] for one, other in rows if dict(one) != other],
    }  # fmt: skip


def main() -> None:
    """Print what was found; a difference is an error."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("loans", 10_000), ("whole", 500), ("seed", 11)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = compare_book(
            Path(folder) / "home", Path(folder) / "feeds", loans=given.loans, whole=given.whole, seed=given.seed
        )
    print(json.dumps(found))
    if found["schedules_that_differ"] or found["rows_that_differ"]:
        raise SystemExit(1)


def _months_later(day: date, months: int) -> date:
    return pl.select(pl.lit(day).dt.offset_by(f"{months}mo")).item()  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
