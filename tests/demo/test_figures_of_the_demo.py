"""The demo bank's own figures: stated for every month-end, and its provisions move as they say."""

import polars as pl

from postloan.demo.figures import BOOKED_BP
from postloan.plan.provision_tests import RATINGS_FIGURES
from postloan.tables.inputs.figures import BANK_FIGURES


def test_every_month_end_states_every_figure_and_the_movement_closes(bank):
    """But for internal ratings, which the demo bank has not."""
    rows = bank.table("bank_figure")
    assert rows.filter(pl.col("on") != pl.col("feed_day")).is_empty()
    by_day = {
        on: dict(held.select("figure", "value_cents").iter_rows())
        for (on,), held in rows.group_by(["on"], maintain_order=True)
    }
    assert list(by_day) == bank.days
    booked = None
    for day, said in by_day.items():
        if booked is not None:
            assert said.keys() == set(BANK_FIGURES) - set(RATINGS_FIGURES), day
            moved = said["provisions_accrued"] - said["provisions_reversed"] - said["provisions_written_off"]
            assert said["loan_loss_provisions"] == booked + moved + said["provisions_recovered"]
        booked = said["loan_loss_provisions"]


def test_provisions_are_measured_on_the_loans_of_the_book(bank):
    """In the quiet first month: their share of what was outstanding, by the demo's truth."""
    first = bank.days[0]
    loans_cents = bank.standing(first)["outstanding_cents"].sum()
    rows = bank.table("bank_figure").filter((pl.col("on") == first) & (pl.col("figure") == "loan_loss_provisions"))
    assert abs(rows["value_cents"].item() - loans_cents * BOOKED_BP // 10_000) <= loans_cents // 10_000
