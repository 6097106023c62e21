"""The replay: under the bank's own rules it finds what was published; under stricter ones, no fewer bad loans."""

import shutil
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from an_eventful_book import eventful_home

from postloan.errors import LaxerThanLaw, NothingPublished, RequestWrong, RuleFileWrong
from postloan.night.pool import workers_pool
from postloan.night.replay import Replay, replay, rulebook_to_try
from postloan.night.run import run_nights
from postloan.rules.rulebook import policy_on
from postloan.rules.sources import shipped_rules
from postloan.snapshot.files import commit_json
from postloan.snapshot.publish import snapshot_folder
from postloan.snapshot.read import published_days, published_run, read_loans, read_manifest
from postloan.tables.units import NON_PERFORMING

MONTH_ENDS = [date(2023 + (5 + at) // 12, (5 + at) % 12 + 1, 1) - timedelta(days=1) for at in range(1, 14)]
DAYS = [*MONTH_ENDS, date(2024, 2, 10), date(2024, 2, 11), date(2024, 6, 18)]
TEXTS = """\
draft:
  title: Draft
  title_zh: 征求意见稿
  issuer: the bank
  number: draft
  issued: 2023-07-01
  in_force: 2023-07-01
  confirmed_on: null
"""
FLOORS = """\
rule: overdue_floors
says: Substandard after {days} days.
versions:
  - from: 2023-07-01
    floors:
      - {{tier: substandard, over_days: {days}, cite: {{text: draft, at: "s. 1"}}}}
"""
PARTS = [f"{part}_{when}_cents" for when in ("then", "now") for part in ("general", "specific", "special")]


@pytest.fixture(scope="session", params=[1, 2])
def eventful(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random book, 13 month-ends and three other days published. Never written to."""
    home = eventful_home(tmp_path_factory.mktemp("eventful"), seed=request.param)
    list(run_nights(home, sorted(DAYS)))
    return home


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The rulebook of a bank that has no file of its own, as these banks are."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def substandard_after(folder: Path, days: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "texts.yaml").write_text(TEXTS, encoding="utf-8")
    (folder / "overdue_floors.yaml").write_text(FLOORS.format(days=days), encoding="utf-8")
    return folder


def bad(replayed: Replay, when: str) -> dict[date, int]:
    is_bad = pl.col(f"tier_{when}").is_in(NON_PERFORMING)
    return dict(replayed.cells.group_by("on").agg(pl.col("loans").filter(is_bad).sum()).iter_rows())


@pytest.mark.slow
@pytest.mark.parametrize(
    "days", [DAYS, MONTH_ENDS, MONTH_ENDS[::3], DAYS[-4:]], ids=["all", "months", "quarters", "end"]
)
def test_the_banks_own_rules_find_what_was_published(eventful: Path, own: Path, days: list[date]) -> None:
    replayed = replay(eventful, own, days)
    assert replayed.moves.to_dicts() == []
    for on in days:
        loans = read_loans(eventful, on).filter(pl.col("status") == "active")
        cells = replayed.cells.filter(pl.col("on") == on)
        assert cells["loans"].sum() == loans.height > 100
        published = dict(loans.group_by("tier").agg(pl.col("own_share_outstanding_cents").sum()).iter_rows())
        assert dict(cells.group_by("tier_now").agg(pl.col("balance_cents").sum()).iter_rows()) == published
        sums = [loans[f"{part}_provision_cents"].sum() for part in ("general", "specific", "special")]
        assert cells.select(PARTS).sum().row(0) == (*sums, *sums)


def _late(loans: pl.DataFrame) -> pl.Series:
    return loans.filter(pl.col("days_past_due") > 0)["debtor_no"].unique()


@pytest.mark.slow
def test_the_random_books_have_what_a_replay_may_get_wrong(eventful: Path) -> None:
    """Loans held by their own facts, held after contamination, upgraded, and those upgraded of a debtor late again."""
    held = touched = improved = late_again = 0
    for earlier, later in pairwise(MONTH_ENDS):
        before, after = (read_loans(eventful, on).filter(pl.col("status") == "active") for on in (earlier, later))
        held += after["is_held"].sum()
        touched += after.filter((pl.col("tier_rule") == "upgrade") & ~pl.col("is_held")).height
        both = before.join(after, on="loan_no", suffix="_after")
        upgraded = both.filter(
            pl.col("tier").is_in(NON_PERFORMING) & ~pl.col("tier_after").is_in(NON_PERFORMING) & ~pl.col("is_retail")
        )
        improved += upgraded.height
        late_again += upgraded.filter(pl.col("debtor_no").is_in(_late(after).implode())).height
    assert min(held, touched, improved, late_again) > 0


@pytest.mark.slow
def test_fewer_days_never_give_fewer_bad_loans(eventful: Path, tmp_path: Path) -> None:
    replayed = {
        days: replay(eventful, substandard_after(tmp_path / str(days), days), MONTH_ENDS) for days in (60, 30, 5)
    }
    for each in replayed.values():
        then, now = bad(each, "then"), bad(each, "now")
        assert all(now[on] >= then[on] for on in MONTH_ENDS)
        worse = each.moves.filter(pl.col("tier_now") > pl.col("tier_then"))
        assert worse.height == each.moves.height > 0
    assert sum(bad(replayed[5], "now").values()) > sum(bad(replayed[60], "now").values())


@pytest.mark.slow
def test_two_workers_find_what_none_finds(eventful: Path, tmp_path: Path) -> None:
    rulebook = substandard_after(tmp_path / "60", 60)
    alone = replay(eventful, rulebook, MONTH_ENDS)
    with workers_pool(2) as pool:
        shared = replay(eventful, rulebook, MONTH_ENDS, pool=pool)
    assert shared.cells.equals(alone.cells)
    assert shared.moves.equals(alone.moves)


def test_a_laxer_bank_is_refused_and_another_law_is_not(home: Path, tmp_path: Path) -> None:
    list(run_nights(home, [MONTH_ENDS[-1]]))
    bank = substandard_after(tmp_path / "bank", 120)
    with pytest.raises(LaxerThanLaw):
        replay(home, bank, MONTH_ENDS[-1:])
    law = tmp_path / "law"
    (law / "national").mkdir(parents=True)
    shipped = (shipped_rules() / "national" / "overdue_floors.yaml").read_text(encoding="utf-8")
    (law / "national" / "overdue_floors.yaml").write_text(shipped.replace("over_days: 90,", "over_days: 120,"))
    assert rulebook_to_try(law)[1] == ("overdue_floors",)
    replayed = replay(home, law, MONTH_ENDS[-1:])
    assert bad(replayed, "now")[MONTH_ENDS[-1]] < bad(replayed, "then")[MONTH_ENDS[-1]]


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("gravity.yaml", RuleFileWrong), ("notes.xlsx", RequestWrong), ("national/gravity.yaml", RuleFileWrong),
        ("warnings/gravity.yaml", RuleFileWrong), ("warnings/notes.xlsx", RequestWrong),
    ],
)  # fmt: skip
def test_a_file_that_is_no_rule_is_refused(own: Path, name: str, refusal: type[Exception]) -> None:
    (own / name).parent.mkdir(exist_ok=True)
    (own / name).write_text("rule: gravity\n", encoding="utf-8")
    with pytest.raises(refusal, match=Path(name).stem):
        rulebook_to_try(own)


def test_warning_rules_of_the_bank_are_tried_like_its_others(own: Path) -> None:
    (own / "warnings").mkdir()
    shipped = (shipped_rules() / "bank" / "warnings" / "repayment.yaml").read_text(encoding="utf-8")
    (own / "warnings" / "repayment.yaml").write_text(shipped.replace("late_months >= 3", "late_months >= 2"))
    rulebook, of_law = rulebook_to_try(own)
    asked = {rule.id: rule for rule in policy_on(rulebook, MONTH_ENDS[-1]).warnings}
    assert asked["WS-RPY-03"].levels[0].when == "late_months >= 2"
    assert of_law == ()


def test_a_snapshot_of_an_earlier_version_is_refused(home: Path, own: Path) -> None:
    on = MONTH_ENDS[-1]
    list(run_nights(home, [on]))
    with pytest.raises(NothingPublished, match="No snapshot is published"):
        replay(home, own, [date(2023, 1, 31)])
    folder = snapshot_folder(home, str(published_run(home, on)))
    manifest = read_manifest(home, on)
    for name, said in manifest["files"].items():
        if name.startswith("loan/"):
            pl.read_parquet(folder / name).drop("month_worst_days_past_due").write_parquet(folder / name)
            said["bytes"] = (folder / name).stat().st_size
    commit_json(folder / "manifest.json", manifest)
    with pytest.raises(NothingPublished, match="month_worst_days_past_due"):
        replay(home, own, [on])


def test_nothing_published_is_touched(home: Path, tmp_path: Path) -> None:
    list(run_nights(home, [MONTH_ENDS[-1]]))
    shutil.copytree(home, tmp_path / "before")
    replay(home, substandard_after(tmp_path / "60", 60), published_days(home))
    held, then = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (home, tmp_path / "before")
    )
    assert held == then
