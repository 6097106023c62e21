"""What crosses debtors: weak guarantees, shared collateral, and a fall that spreads, whatever the shards."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from a_network import BUFFERS, GUARANTEES, MILLION, ON, bank, published

from feeds import write_feed
from postloan.intake.facts import Facts
from postloan.intake.load import load_feeds
from postloan.plan.asked import asked
from postloan.plan.contagion import Circles, claims_of, read_circles
from postloan.plan.published_day import published_day
from postloan.plan.recast import MEASURES, loss_laws, recast
from postloan.plan.stress import Stressed, stressed
from postloan.plan.why import why
from postloan.rules.rulebook import load_rulebook
from postloan.rules.stresses import Stresses
from postloan.snapshot.read import read_debtors, read_loans, read_of_bank

CENTS = int(MILLION) * 100
LAW = load_rulebook(None).version("stresses", Stresses, ON).contagion


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("network")
    return published(folder, shards=1), published(folder, shards=8)


@pytest.fixture(scope="module")
def home(homes: tuple[Path, Path]) -> Path:
    return homes[0]


@pytest.fixture(scope="module")
def circles(home: Path) -> Circles:
    return read_circles(Facts(home, None), claims_of(home, ON), LAW, ON)


def fall(circles: Circles, *names: str) -> list[set[str]]:
    """Who falls in each round when some fall first."""
    found = circles.spread(circles.debtors.filter(pl.col("debtor_id").is_in(names)), shown=99)
    rounds = [set(names), *(set[str]() for _ in found.rounds[1:])]
    for each in found.passers:
        rounds[each.round].add(each.debtor_id)
    assert [len(each) for each in rounds] == [each.debtors for each in found.rounds]
    return rounds


# The night -------------------------------------------------------------------------------------------------------


def test_a_guarantor_in_trouble_and_one_in_a_ring_weaken_their_guarantees(home: Path) -> None:
    found = read_of_bank(home, ON, "weak_guarantee").select("guarantee_id", "weakness", "counts_cents").rows()
    assert found == [("G0", "mutual", CENTS // 2), ("G1", "mutual", CENTS // 2), ("G5", "distressed", CENTS)]


def test_shared_collateral_says_what_each_rank_secures(home: Path) -> None:
    names = dict(read_debtors(home, ON, ("debtor_no", "debtor_id")).iter_rows())
    rows = read_of_bank(home, ON, "collateral_claim").iter_rows()
    assert [(of, rank, names[debtor], cents) for of, rank, debtor, cents in rows] == [
        ("C", 1, "D3", CENTS), ("C", 2, "D6", CENTS),
    ]  # fmt: skip


def test_rows_do_not_depend_on_the_shards(homes: tuple[Path, Path]) -> None:
    whole, parted = homes
    for table in ("weak_guarantee", "collateral_claim"):
        assert read_of_bank(whole, ON, table).equals(read_of_bank(parted, ON, table))
    assert read_loans(whole, ON).equals(read_loans(parted, ON))
    assert stressed(whole, ON) == stressed(parted, ON)


def test_a_loan_told_alone_and_a_day_measured_anew_know_the_neighbours(homes: tuple[Path, Path]) -> None:
    """D6 has a guarantor in trouble and a second rank behind another debtor's first."""
    for home in homes:
        row = read_loans(home, ON).filter(pl.col("loan_id") == "LD6").row(0, named=True)
        assert why(home, "LD6", ON).loan["ecl_cents"] == row["ecl_cents"]
        again = recast(home, ON, loss_laws(home, load_rulebook(home), ON, ON), with_scenarios=True)
        assert again.equals(read_loans(home, ON, ("loan_no", *MEASURES)).sort("loan_no"))


def test_trouble_and_rings_cost_more_than_a_guarantor_who_stands(homes: tuple[Path, Path]) -> None:
    lost = dict(read_loans(homes[0], ON, ("loan_id", "lgd_ratio")).iter_rows())
    assert lost["LD1"] > lost["LD7"], "half of a tenth is saved, not a fifth"
    assert lost["LD4"] == lost["LD7"], "a guarantor that is no debtor here is taken at its word"


# The fall --------------------------------------------------------------------------------------------------------


def test_buffers_are_of_the_latest_statement_or_as_the_rule_says(circles: Circles) -> None:
    found = dict(circles.debtors.select("debtor_id", "buffer_cents").iter_rows())
    known = {name: int(float(millions) * CENTS) for name, millions in BUFFERS.items()}
    assert found == {**known, **dict.fromkeys(("D1", "D6", "D7", "D8"), LAW.unknown_cents)}


def test_a_fall_spreads_as_reckoned_by_hand(circles: Circles) -> None:
    """What is called is the claim of a million and its interest at most, so the million promised."""
    assert fall(circles, "D1") == [{"D1"}, {"D2"}]  # 1.00 > 0.90; D3 stands at its buffer of 1.00
    assert fall(circles, "D6") == [{"D6"}, {"D5"}]  # D4 is called 1.00 of 1.50
    assert fall(circles, "D6", "D3") == [{"D6", "D3"}, {"D5"}, {"D4"}]  # now 2.00
    assert fall(circles, "D7") == [{"D7"}, {"D8"}]
    assert fall(circles, "D4") == [{"D4"}]


def test_the_stresses_say_how_far_it_went(home: Path) -> None:
    found: Stressed = stressed(home, ON)
    claims = dict(read_loans(home, ON, ("debtor_id", "claim_cents")).iter_rows())
    impaired = found.spreads["contagion_impaired"]
    assert impaired.rounds == ((1, claims["D5"]),)
    ten = found.spreads["contagion_10"]
    assert [each.debtors for each in ten.rounds] == [7, 1], "all seven, and D8 that owes nothing"
    outcome = {each.name: each for each in found.outcomes}
    assert outcome["contagion_impaired"].allowance_cents >= found.as_it_is.allowance_cents
    assert outcome["contagion_10"].stage_3_cents == sum(claims.values()) == outcome["largest_10"].stage_3_cents
    assert outcome["contagion_10"].allowance_cents > outcome["largest_10"].allowance_cents, "nobody is left to pay"


def test_passers_say_what_their_fall_called_on_the_next(circles: Circles) -> None:
    first = circles.debtors.filter(pl.col("debtor_id").is_in(["D6", "D3"]))
    told = {each.debtor_id: each for each in circles.spread(first, shown=9).passers}
    assert (told["D5"].passed_cents, told["D5"].called_cents, told["D5"].round) == (CENTS, CENTS, 1)
    assert (told["D4"].passed_cents, told["D4"].called_cents, told["D4"].round) == (0, 2 * CENTS, 2)
    assert [each.debtor_id for each in circles.spread(first, shown=1).passers] == ["D5"]


def test_guarantees_add_to_the_chance_to_fall(circles: Circles, home: Path) -> None:
    found = {each.debtor_id: each for each in circles.chances(LAW)}
    loans = read_loans(home, ON, ("debtor_id", "pd_year_ratio"))
    own = dict(loans.iter_rows())
    # D5 is fallen already, and D4 stands with D5's call alone: it falls with D3 only, when D3 falls by itself.
    assert found["D4"].own_ratio == own["D4"]
    assert abs(found["D4"].along_ratio - own["D3"] * (1 - own["D4"])) < 4 * (own["D3"] / LAW.draws) ** 0.5
    assert all(each.own_ratio + each.along_ratio <= 1 for each in found.values())
    assert "D5" not in found, "it falls for certain by itself"
    assert "D3" not in found, "at its buffer it stands"
    again = {each.debtor_id: each for each in circles.chances(LAW)}
    assert again == found
    other = circles.chances(LAW.model_copy(update={"seed": LAW.seed + 1}))
    assert [each.along_ratio for each in other] != [each.along_ratio for each in found.values()]


def test_without_guarantees_between_debtors_nobody_is_asked(tmp_path: Path) -> None:
    tables = bank(guarantees=[edge for edge in GUARANTEES if edge[1] == "X1"])
    home = published(tmp_path, shards=2, tables=tables)
    day = published_day(home, ON)
    assert day.neighbours.weak.is_empty()
    circles = read_circles(day.facts, claims_of(home, ON), LAW, ON)
    assert circles.debtors.is_empty()
    assert circles.chances(LAW) == ()
    assert stressed(home, ON).spreads["contagion_10"].rounds[1:] == ()


def test_where_nobody_guarantees_no_guarantor_is_asked(tmp_path: Path) -> None:
    tables = bank()
    del tables["guarantee"]
    write_feed(tmp_path / "feeds", ON, tables)
    load_feeds(tmp_path / "home", tmp_path / "feeds", shards=2)
    facts = Facts(tmp_path / "home", None)
    found = asked(facts, on=ON)
    assert found.edges.is_empty()
    assert found.debtors.height == 2, "D3 and D6 share collateral"
    assert facts.guarantors().is_empty()


def test_of_guarantees_that_are_over_only_a_maximum_amount_still_secures(tmp_path: Path) -> None:
    """D5 is in trouble. Its guarantees: one that ended, one that is to begin, and an ended one of a maximum amount."""
    tables = bank(guarantees=[("D6", "D5", 1)] * 3)
    ended, later, maximum = tables["guarantee"]
    ended["ends_on"] = maximum["ends_on"] = date(2024, 6, 29)
    later["begins_on"] = date(2024, 7, 1)
    for row in tables["guarantee"]:
        row["is_maximum_amount"] = row is maximum
    home = published(tmp_path, shards=2, tables=tables)
    found = read_of_bank(home, ON, "weak_guarantee").select("guarantee_id", "weakness", "counts_cents").rows()
    assert found == [("G2", "distressed", CENTS)]
    given = Facts(home, None).guarantors()
    assert sorted(given["is_maximum_amount"]) == [False, False, True]


def test_who_has_repaid_ties_no_ring(tmp_path: Path) -> None:
    """D7 and D8 stand for each other, but D8 owes nothing that D7 could pay for."""
    tables = bank(guarantees=[("D7", "D8", 1), ("D1", "D7", 1)])
    tables["guarantee"].append(tables["guarantee"][0] | {"guarantee_id": "G9", "guarantor_id": "D7"})
    home = published(tmp_path, shards=2, tables=tables)
    found = read_of_bank(home, ON, "weak_guarantee").select("guarantee_id", "weakness", "counts_cents").rows()
    assert found == [("G9", "mutual", 0)], "who stands for itself counts nothing"
