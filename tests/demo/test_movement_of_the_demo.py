"""The demo bank over all its month-ends: bridge and allowance close, the journal ties, the forms keep their sums."""

import pytest
from written_bank import write_bank

from postloan.desk.report.allowance import CAUSES, allowance
from postloan.desk.report.bridge import LINES, bridge
from postloan.desk.report.g11 import g11
from postloan.desk.report.g12 import g12
from postloan.desk.report.journal import journal
from postloan.desk.report.losses import losses
from postloan.desk.report.rolls import rolls
from postloan.desk.report.tiers import tiers
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights
from postloan.rules.forms import Forms
from postloan.rules.rulebook import load_rulebook


def balance(home, on, column="outstanding"):
    return next(row[column] for row in tiers(home, on).filed.rows if row["tier"] == "non_performing")


@pytest.mark.slow
def test_the_bridge_closes_over_twenty_four_month_ends(tmp_path):
    bank = write_bank(tmp_path, loans=600, months=24, seed=3)
    home = tmp_path / "home"
    load_feeds(home, bank.feeds, shards=1)
    list(run_nights(home, bank.days))
    first, last = bank.days[0], bank.days[-1]
    report = bridge(home, first, last)
    ways = {row["way"]: row["balance"] for row in report.shown[0].rows}
    assert (ways["opening"], ways["closing"]) == (balance(home, first), balance(home, last))
    assert sum(ways[name] for name in LINES[:-1] if name in ways) == ways["closing"]
    assert ways["new"] > 0 > ways["cash"]
    assert (report.failed, ways["other"], len(report.points)) == ((), 0, 24)
    months = report.shown[1].rows[:-1]
    assert [row["closing"] for row in months] == [balance(home, day) for day in bank.days[1:]]
    for by in ("org", "product", "industry"):
        grouped = bridge(home, first, last, by, orgs=Facts(home, None).read("org", None))
        assert grouped.failed == ()
        assert grouped.shown[0].rows[-1]["closing"] == ways["closing"]
    lost = allowance(home, first, last)
    causes = {row["movement"]: row["balance"] for row in lost.shown[0].rows}
    assert (lost.failed, len(lost.points)) == ((), 24)
    assert causes["opening"] + sum(causes[name] for name in CAUSES) == causes["closing"]
    assert causes["closing"] == losses(home, last).shown[0].rows[-1]["ecl"]
    assert allowance(home, first, last, "product").failed == ()
    entries = journal(home, first, last)
    assert entries.failed == ()
    assert entries.shown[0].rows[-1]["debit"] == entries.shown[0].rows[-1]["credit"]
    rules = load_rulebook(None).version("forms", Forms, last)
    assert g11(home, bank.days[11], last, rules).failed == ()
    assert g12(home, bank.days[11], last).failed == ()
    assert rolls(home, first, last).shown[0].rows[-1]["total"] > 0
