"""The demo knows what became of loan money: the night finds what accounts show of it, and nothing besides."""

import polars as pl
from written_bank import write_bank

from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.plan.proceeds import proceeds_paths
from postloan.rules.rulebook import load_rulebook, policy_on

FOUND = {
    "honest": set(), "returned": {"returned"}, "ring": {"returned"}, "securities": {"securities"}, "cash": {"cash"},
    "other_payee": {"payee_differs"}, "self_paid": {"self_paid"}, "split": {"split"},
}  # fmt: skip


def test_each_story_is_found_and_no_other(tmp_path) -> None:
    bank = write_bank(tmp_path, loans=9_000, months=2, seed=11)
    for day in bank.days:
        load_feeds(tmp_path / "home", bank.feeds / day.isoformat(), shards=4)
    facts, on = Facts(tmp_path / "home", None), bank.days[-1]
    rows = proceeds_paths(facts, policy_on(load_rulebook(None), on), on=on)
    told = rows.group_by("loan_id").agg(
        found=pl.concat([pl.col("finding").cast(pl.String), pl.col("breach").cast(pl.String)]).drop_nulls().unique()
    )
    since = pl.lit(on).dt.offset_by("-12mo")
    watched = bank.table("loan").unique("loan_id").filter(pl.col("disbursed_on") > since)
    stories = bank.truth("proceeds").join(watched.select("loan_id"), on="loan_id", how="semi")
    known = dict(stories.iter_rows())
    found = {loan: set(each or ()) for loan, each in told.iter_rows()}
    assert set(found) - set(known) == set(), "nothing is told of whom nothing was planted"
    for loan, story in known.items():
        # Where the bank was to pay whom the borrower then did not, that is found too.
        beside = {"payee_differs"} if story in ("ring", "securities", "cash") else set()
        assert FOUND[story] <= found[loan] <= FOUND[story].union(beside), (loan, story, found[loan])
    assert set(known.values()) >= {"honest", "returned", "ring", "securities", "cash", "other_payee", "self_paid"}
