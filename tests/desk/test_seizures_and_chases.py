"""Things seized, each as long as its kind, and what is pursued looked into again and again."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from deciding import person
from disposing import case_of, deed, granted, suit_of, take

from postloan.desk.core.days import business_day
from postloan.desk.core.models import FeedRows, WorkItem
from postloan.desk.core.parts import Adopting
from postloan.desk.disposal.actions import progress_note
from postloan.desk.disposal.models import DisposalCase, DisposalEntry
from postloan.desk.disposal.opening.chasing import chases_open
from postloan.errors import FormWrong
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.disposal_desk import DisposalDesk
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.steps.legal_clocks.last_days import LastDays
from postloan.steps.legal_clocks.windows import windows

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _of_the_bank(db: None) -> None:
    granted()


@pytest.mark.parametrize(("kind", "months"), [("deposit", 12), ("movable", 24), ("real_estate", 36)])
def test_a_seizure_names_its_thing_and_runs_as_long_as_its_kind(kind: str, months: int) -> None:
    suit, on = suit_of(case_of()), business_day(None).on
    take(suit, "filing")
    with pytest.raises(FormWrong):
        take(suit, "seal")
    with pytest.raises(FormWrong):
        take(suit, "seal", asset_kind="castle", asset_id="A1")
    take(suit, "seal", asset_kind=kind, asset_id=" A1 ", on=on - 9 * DAY)
    take(suit, "judgment", adjudged_cents=1)
    take(suit, "enforcement")
    take(suit, "seal", asset_kind=kind, asset_id="A1")
    take(suit, "freeze", asset_kind=kind, asset_id="B2")
    take(suit, "released", asset_kind=kind, asset_id="B2")
    suit.refresh_from_db()
    assert suit.state == "enforced"
    rows = [row for made in FeedRows.objects.filter(table="legal_event") for row in made.rows]
    told = [(row["kind"], row["asset_kind"], row["asset_id"]) for row in rows if row["asset_id"]]
    assert told == [("seal", kind, "A1"), ("seal", kind, "A1"), ("freeze", kind, "B2"), ("released", kind, "B2")]
    policy = policy_on(load_rulebook(None), on)
    loan = pl.lit(1, pl.Int64).alias("loan_no")
    points = pl.DataFrame(rows).select(
        loan, pl.lit(value=False).alias("is_settled"), pl.col("kind").alias("step"),
        pl.col("happened_on").str.to_date(), pl.lit(None, pl.Date).alias("ends_on"),
        *(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in ("asset_kind", "asset_id")),
        "legal_event_id",
    )  # fmt: skip
    found = windows(points, LastDays(policy.legal_clocks, policy.working_days, on)).sort("asset_id")
    assert found.select("asset_id", "began_on", "state").rows() == [("A1", on, "running"), ("B2", on, "kept")]
    assert found["ends_on"][0] == on.replace(year=on.year + months // 12)


def test_what_is_pursued_is_looked_into_every_quarter() -> None:
    case, day = case_of(), business_day(None)
    rules = load_desk_rules(day.home)
    rule = rules.version("disposals", DisposalDesk, day.on).chase
    DisposalCase.objects.filter(pk=case.pk).update(state="pursued", off_cents=77)
    DisposalEntry.objects.create(case=case, step="pursued", on=day.on)
    chases = WorkItem.objects.filter(kind="disposal_chase", subject=case.subject)

    def adopted_after(days: int) -> int:
        later = replace(day, on=day.on + days * DAY, run_id=f"night-{days}")
        return chases_open(Adopting(later, "disposals.opened", "disposals"), rule)

    assert [adopted_after(days) for days in (rule.every_days - 1, rule.every_days, rule.every_days)] == [0, 1, 0]
    assert chases.get().due_on == day.on + (rule.every_days + rule.due_in_days) * DAY
    progress_note(person("risk"), case.pk, deed(case, "查询不动产登记，无新线索"))
    assert chases.get().state == "done"
    assert [adopted_after(days) for days in (rule.every_days - 1, rule.every_days)] == [0, 1]
    assert chases.filter(state="open").count() == 1
    suit_of(DisposalCase.objects.get(pk=case.pk))
    assert not chases.filter(state="open").exists(), "whoever does anything about a case looks into it"
