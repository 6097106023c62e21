"""What must hold after every night, each by a name: against the bank's truth, not against the night's own checks."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from a_bank_that_lives import LivingBank

from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import AdoptedDay, WorkItem
from postloan.desk.report.bridge import LINES, bridge
from postloan.desk.report.form import amount
from postloan.desk.worklist.causes import causes
from postloan.errors import PostloanError
from postloan.night.closing import verify_closings
from postloan.rules.desk_rules import WorkKinds, load_desk_rules
from postloan.snapshot.files import hash_of, read_json
from postloan.snapshot.publish import snapshot_folder
from postloan.snapshot.read import published_run, published_versions, read_debtors, read_loans
from postloan.tables.units import NON_PERFORMING

_FLOORS = ("overdue", "fact", "restructuring", "manual", "debtor")
_WORST_BY_DAYS = ((360, "loss"), (270, "doubtful"), (90, "substandard"))
"""More days past due than these, and no loan is classed better: G01 article 10 to 12, said once more on purpose."""
_MONEY = ("outstanding_cents", "paid_principal_cents", "capitalised_cents")
_FIGURES = (
    "loan_id", "debtor_no", "status", "tier", "days_past_due", "received_cents", "principal_cents", "is_retail",
    "waived_cents", "own_share_outstanding_cents", *_MONEY, *(f"{name}_floor_tier" for name in _FLOORS),
)  # fmt: skip


@dataclass
class Seen:
    """What is looked at after a night.

    before_on  the business date published before; None after the first night.
    touched    loans of which something was told since then: a payment, a decision, a correction.
    runs       every run published so far, with the hash of its manifest when it was.
    """

    home: Path
    bank: LivingBank
    on: date
    before_on: date | None
    touched: set[str]
    runs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.loans = read_loans(self.home, self.on, _FIGURES)
        self.before = None if self.before_on is None else read_loans(self.home, self.before_on, _FIGURES)


Invariant = Callable[[Seen], Iterator[str]]


def principal_is_conserved(seen: Seen) -> Iterator[str]:
    """Outstanding and paid are what was lent, and what became principal since, loan by loan, to the cent."""
    lent = {each["loan_id"]: int(each["principal"] * 100) for each in seen.bank.lent(seen.on)}
    for row in seen.loans.to_dicts():
        held, owed = row["outstanding_cents"] + row["paid_principal_cents"], lent.get(row["loan_id"], 0)
        if held != owed + row["capitalised_cents"]:
            yield f"{row['loan_id']}: {held} cents are accounted for, {owed} were lent"


def cash_is_conserved(seen: Seen) -> Iterator[str]:
    """What a loan received is what was paid on it."""
    came = seen.bank.received_cents(seen.on)
    for loan_id, cents in seen.loans.select("loan_id", "received_cents").iter_rows():
        if came.get(loan_id, 0) != cents:
            yield f"{loan_id}: {cents} cents received, {came.get(loan_id, 0)} paid"


def no_loan_is_lost_or_doubled(seen: Seen) -> Iterator[str]:
    """Each loan that was lent is published once, the debtor of each once, and nothing that nobody lent."""
    lent = seen.bank.lent(seen.on)
    debtors = read_debtors(seen.home, seen.on, ["debtor_id"])["debtor_id"]
    for key, published in (("loan_id", seen.loans["loan_id"]), ("debtor_id", debtors)):
        counts, known = Counter(published), {each[key] for each in lent}
        yield from (f"{one} is published {count} times" for one, count in counts.items() if count > 1)
        yield from (f"{one} is lost" for one in sorted(known - set(counts)))
        yield from (f"{one} was lent nothing" for one in sorted(set(counts) - known))


def days_past_due_move_with_the_calendar(seen: Seen) -> Iterator[str]:
    """They grow by the days gone by at most, and fall only where something was told of the loan."""
    if seen.before is None or seen.before_on is None:
        return
    gap = (seen.on - seen.before_on).days
    both = seen.loans.join(seen.before, on="loan_id", suffix="_before")
    for row in both.select("loan_id", "days_past_due", "days_past_due_before").to_dicts():
        moved = row["days_past_due"] - row["days_past_due_before"]
        if not 0 <= moved <= gap and row["loan_id"] not in seen.touched:
            yield f"{row['loan_id']}: {row['days_past_due_before']} days past due, then {row['days_past_due']}"


def no_tier_is_below_its_floors(seen: Seen) -> Iterator[str]:
    """A tier is no better than any of its floors, nor than its days past due allow."""
    tiers = seen.loans["tier"].dtype
    active = seen.loans.filter(pl.col("status") == "active")
    for name in _FLOORS:
        for row in active.filter(pl.col("tier") < pl.col(f"{name}_floor_tier")).to_dicts():
            yield f"{row['loan_id']}: {row['tier']} under its {name} floor"
    for days, worst in _WORST_BY_DAYS:
        late = (pl.col("days_past_due") > days) & (pl.col("tier") < pl.lit(worst, tiers))
        for row in active.filter(late).to_dicts():
            yield f"{row['loan_id']}: {row['tier']} after {row['days_past_due']} days"


def the_bridge_ties(seen: Seen) -> Iterator[str]:
    """What was non-performing and what the bridge says of each loan are what is, to the cent."""
    if seen.before_on is None or seen.before is None:
        return
    told = bridge(seen.home, seen.before_on, seen.on)
    yield from told.failed
    total = told.filed.rows[-1]
    for name, rows in (("opening", seen.before), ("closing", seen.loans)):
        bad = rows.filter((pl.col("status") == "active") & pl.col("tier").is_in(NON_PERFORMING))
        cents = int(bad["own_share_outstanding_cents"].sum())
        if total[name] != cents:
            yield f"{name}: {total[name]} on the bridge, {cents} in the book"
    for line in told.filed.rows:
        parts = [amount(line[name]) for name in LINES]
        if sum(parts[:-1]) != parts[-1]:
            yield f"{line['loan_id']}: opening and all ways are {sum(parts[:-1])}, closing is {parts[-1]}"


def work_is_one_per_cause(seen: Seen) -> Iterator[str]:
    """Nothing is open twice; what the day gives to do is there, and what is open of its kinds still has a cause."""
    items = list(WorkItem.objects.filter(state="open").values_list("kind", "subject"))
    yield from (f"{kind} of {subject} is open {n} times" for (kind, subject), n in Counter(items).items() if n > 1)
    adopted = AdoptedDay.objects.order_by("-on", "-adopted_at").first()
    if adopted is None or adopted.on != seen.on:
        yield f"{seen.on} was not adopted"
        return
    day = BusinessDay(seen.home, seen.on, adopted.run_id, seen.on)
    for kind in load_desk_rules(seen.home).version("work", WorkKinds, seen.on).kinds:
        if kind.kind == "tier_worsened":
            continue  # It is kept until somebody looked, and is found by comparing with the day before.
        found = set(causes(kind, day, None)["subject"])
        has = {subject for named, subject in items if named == kind.kind}
        yield from (f"{kind.kind} of {each} has no work" for each in sorted(found - has))
        yield from (f"{kind.kind} of {each} has no cause" for each in sorted(has - found))


def chains_verify(seen: Seen) -> Iterator[str]:
    """Closings and audit entries hang together, and every version of every day lies as it was published."""
    try:
        verify_closings(seen.home)
    except PostloanError as fault:
        yield f"closings: {fault.where}"
    yield from (f"audit entry {each.seq} {each.fault}" for each in faults_of_chain())
    for run, told in seen.runs.items():
        manifest = snapshot_folder(seen.home, run) / "manifest.json"
        if not manifest.is_file() or hash_of(manifest) != told:
            yield f"run {run} is not what was published"
    folder = snapshot_folder(seen.home, str(published_run(seen.home, seen.on)))
    for name, said in read_json(folder / "manifest.json")["files"].items():
        if hash_of(folder / name) != said["sha256"]:
            yield f"{name} of {seen.on} was changed"


def versions_are_kept(seen: Seen) -> Iterator[str]:
    """Every run that was ever published of a day is one of its versions, once."""
    listed: Counter[str] = Counter()
    for pointer in sorted((seen.home / "snapshots").glob("*.json")):
        listed.update(published_versions(seen.home, date.fromisoformat(pointer.stem)))
    yield from (f"run {run} is listed {count} times" for run, count in listed.items() if count > 1)
    yield from (f"run {run} is no version of its day" for run in sorted(set(seen.runs) - set(listed)))


INVARIANTS: dict[str, Invariant] = {
    each.__name__: each
    for each in (
        principal_is_conserved, cash_is_conserved, no_loan_is_lost_or_doubled, days_past_due_move_with_the_calendar,
        no_tier_is_below_its_floors, the_bridge_ties, work_is_one_per_cause, chains_verify, versions_are_kept,
    )
}  # fmt: skip


class InvariantBrokenError(Exception):
    """An invariant does not hold: its name, and the first places where it does not."""

    def __init__(self, name: str, found: list[str], **where: Any) -> None:
        super().__init__(f"{name}: " + "; ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else ""))
        self.name, self.where = name, where


def check(seen: Seen) -> None:
    """Hold all invariants. Raises InvariantBrokenError with the first that is broken."""
    for name, holds in INVARIANTS.items():
        found = list(holds(seen))
        if found:
            raise InvariantBrokenError(name, found)
