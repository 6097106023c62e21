"""The card as a file: one form, unknown keys refused, edits found, approvals bound to what they approve."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from portfolio import BANDS, SETTINGS, borrowers, loan_periods

from postloan.errors import CardChanged, CardWrong, ChallengerMissing, ModelNotFitted, TableUnfit
from postloan.models import challenger
from postloan.models.card import Card, ChallengerPart, LgdPart, MigrationPart, read_card, write_card
from postloan.models.challenger import contributions_of, log_odds_of
from postloan.models.fitting import Asked, fit_card
from postloan.models.plain_table import is_held_out, labels_of, read_plain, usable_columns
from postloan.models.scoring import score_table

TABLE = borrowers(1500)
CARD = fit_card(TABLE, "a" * 64, Asked("scorecard", "bad", "made", id="id", segment="kind"), SETTINGS, BANDS)


def test_a_card_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    digest = write_card(CARD, path)
    assert read_card(path) == CARD
    assert digest == CARD.sha256
    again = tmp_path / "again.json"
    write_card(CARD, again)
    assert path.read_bytes() == again.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_a_card_says_what_it_was_made_from() -> None:
    assert CARD.training.data_sha256 == "a" * 64
    assert CARD.training.rows == 1500
    assert CARD.training.bads == TABLE["bad"].sum()
    assert "pre_bins 20" in CARD.settings["binning"]
    assert CARD.calibration is not None
    assert {line.segment for line in CARD.calibration.lines} == {None, "A", "B", "C"}


# Whole in form, and yet nobody could score by them.
MOVES = {"kind": "migration", "unit": "year", "estimator": "cohort", "grades": ["A", "B"], "matrix": [[1.0, 0.0]]}
TREES = {
    "kind": "challenger", "unit": "log-odds", "names": ["late"], "levels": {}, "directions": [1, 0], "library": "x",
    "trees": "tree", "reasons_most": 4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda said: said["card"].update(extra=1), CardWrong),
        (lambda said: said["card"].pop("training"), CardWrong),
        (lambda said: said["card"]["parameters"].update(intercept=9.5), CardChanged),
        (lambda said: said["card"].update(version=7), CardChanged),
        (lambda said: said["card"]["parameters"].update(kind="oracle"), CardWrong),
        (lambda said: said.update(sha256="0" * 64), CardChanged),
        (lambda said: said["card"]["calibration"]["lines"].pop(0), CardWrong),
        (lambda said: said["card"].update(parameters=MOVES), CardWrong),
        (lambda said: said["card"].update(parameters=TREES), CardWrong),
    ],
)
def test_an_edited_card_is_refused(change: object, kind: type[Exception], tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    write_card(CARD, path)
    said = json.loads(path.read_text())
    change(said)  # type: ignore[operator]
    path.write_text(json.dumps(said))
    with pytest.raises(kind):
        read_card(path)


@pytest.mark.parametrize("text", ["", "[]", '{"sha256": "x"}', '{"sha256": NaN}'])
def test_what_is_no_card_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text(text)
    with pytest.raises(CardWrong, match="is not a model card"):
        read_card(path)
    with pytest.raises(CardWrong, match="cannot be read"):
        read_card(tmp_path / "none.json")


def test_an_approval_is_of_one_hash_and_of_some_days(tmp_path: Path) -> None:
    approved = CARD.approved(
        approver="Li", on=date(2024, 5, 1), effective_from=date(2024, 6, 1), effective_to=date(2025, 5, 31)
    )
    assert approved.sha256 == CARD.sha256
    assert not CARD.is_effective(date(2024, 7, 1))
    days = [date(2024, 5, 31), date(2024, 6, 1), date(2025, 5, 31), date(2025, 6, 1)]
    assert [approved.is_effective(day) for day in days] == [False, True, True, False]
    path = tmp_path / "card.json"
    write_card(approved, path)
    assert read_card(path) == approved
    write_card(approved.model_copy(update={"version": 2}), path)
    with pytest.raises(CardChanged, match="approved"):
        read_card(path)


# Tables ----------------------------------------------------------------------------------------------------------


def test_csv_and_parquet_are_read_alike_and_anything_else_is_refused(tmp_path: Path) -> None:
    TABLE.write_csv(tmp_path / "t.csv")
    TABLE.write_parquet(tmp_path / "t.parquet")
    read = [read_plain(tmp_path / name)[0] for name in ("t.csv", "t.parquet")]
    assert read[0].equals(read[1])
    for name, text in {"t.txt": "a\n1", "empty.csv": "a\n", "torn.parquet": "x", "ragged.csv": "a,b\n1,2,3\n"}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(TableUnfit):
            read_plain(tmp_path / name)
    with pytest.raises(TableUnfit, match="cannot be read"):
        read_plain(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("values", "said"), [([0, 2], "something else"), ([0, None], "missing in 1"), (["a", "b"], "something else")]
)
def test_a_label_is_zero_or_one(values: list[object], said: str) -> None:
    with pytest.raises(TableUnfit, match=said):
        labels_of(pl.DataFrame({"bad": values}), "bad")
    assert labels_of(pl.DataFrame({"bad": [True, False]}), "bad").tolist() == [True, False]


def test_all_rows_of_a_debtor_fall_on_one_side() -> None:
    keys: list[str | None] = [str(i // 3) for i in range(3000)]
    held = is_held_out(keys, 0.3)
    assert held.reshape(-1, 3).all(axis=1).sum() + (~held).reshape(-1, 3).all(axis=1).sum() == 1000
    assert held.mean() == pytest.approx(0.3, abs=0.05)
    assert (held == is_held_out(keys, 0.3)).all()


def test_days_are_no_characteristics() -> None:
    table = TABLE.with_columns(day=pl.date(2024, 1, 1))
    assert usable_columns(table, ["bad", "id"]) == ["late", "income", "kind", "noise"]


def test_rows_are_parted_by_time() -> None:
    periods, _ = loan_periods(300)
    asked = Asked("hazard", "default", "h", time="time", age="age", until="30", unit="quarter")
    card = fit_card(periods, "0" * 64, asked, SETTINGS, BANDS)
    assert card.training.last == "29"
    by_side = {each.sample: each.rows for each in card.metrics if each.name == "mean_pd"}
    assert by_side == {"fit": (periods["time"] < 30).sum(), "held_out": (periods["time"] >= 30).sum()}
    with pytest.raises(TableUnfit, match="none fitted"):
        fit_card(
            periods,
            "0" * 64,
            Asked("hazard", "default", "h", time="time", age="age", unit="month", until="0"),
            SETTINGS,
            BANDS,
        )


# Other kinds -----------------------------------------------------------------------------------------------------


def test_a_card_of_grades_gives_the_pd_within_periods() -> None:
    rows = [(who, at, "ABD"[min(who % 3 * at, 2)]) for who in range(30) for at in range(2)]
    table = pl.DataFrame(rows, schema=["who", "at", "grade"], orient="row")
    asked = Asked("migration", "grade", "m", id="who", time="at", grades=("A", "B", "D"), unit="year")
    card = fit_card(table, "0" * 64, asked, SETTINGS, BANDS)
    assert isinstance(card.parameters, MigrationPart)
    one = score_table(card, table, id_column="who")
    two = score_table(card, table, id_column="who", periods=2)
    assert one.filter(table["grade"] == "A")["pd"][0] == pytest.approx(1 / 3)
    assert (two["pd"] >= one["pd"]).all()
    with pytest.raises(TableUnfit, match="--grades"):
        fit_card(table, "0" * 64, Asked("migration", "grade", "m"), SETTINGS, BANDS)


def test_a_card_of_losses_is_by_segment() -> None:
    table = pl.DataFrame(
        {
            "case": [1, 1, 2, 2, 3], "month": [0, 12, 0, 12, 0], "cash": [0.0, 60.0, 20.0, 0.0, 50.0],
            "ead": [100.0, 100.0, 100.0, 100.0, 200.0], "kind": ["new", "new", "new", "new", "used"],
        }
    )  # fmt: skip
    asked = Asked("lgd", "cash", "l", id="case", time="month", exposure="ead", segment="kind", yearly_rate=0.2)
    card = fit_card(table, "0" * 64, asked, SETTINGS, BANDS)
    assert isinstance(card.parameters, LgdPart)
    assert [each.lgd_ratio for each in card.parameters.segments] == pytest.approx([1 - (50 + 20) / 200, 0.75])
    assert score_table(card, table, id_column="case")["lgd"].to_list()[-1] == pytest.approx(0.75)
    with pytest.raises(TableUnfit, match="--exposure"):
        fit_card(table, "0" * 64, Asked("lgd", "cash", "l"), SETTINGS, BANDS)
    with pytest.raises(TableUnfit, match="from 0 on"):
        fit_card(table.with_columns(month=pl.lit(-1)), "0" * 64, asked, SETTINGS, BANDS)


def test_a_score_of_a_table_without_a_column_of_the_card_is_refused() -> None:
    with pytest.raises(TableUnfit, match="no column late"):
        score_table(CARD, TABLE.drop("late"), id_column="id")
    unset = CARD.model_copy(update={"calibration": None})
    with pytest.raises(TableUnfit, match="no calibration"):
        score_table(unset, TABLE, id_column="id")


def test_a_label_that_is_always_the_same_gives_no_card() -> None:
    with pytest.raises((ModelNotFitted, TableUnfit)):
        fit_card(TABLE.with_columns(bad=0), "0" * 64, Asked("scorecard", "bad", "x"), SETTINGS, BANDS)


def test_the_challenger_is_text_the_same_each_time_and_explains_itself(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    asked = Asked("challenger", "bad", "trees", id="id", held_out=0.3)
    cards = [fit_card(TABLE, "a" * 64, asked, SETTINGS, BANDS) for _ in range(2)]
    assert cards[0] == cards[1]
    part = cards[0].parameters
    assert isinstance(part, ChallengerPart)
    assert contributions_of(part, TABLE).sum(axis=1) == pytest.approx(log_odds_of(part, TABLE), abs=1e-9)
    write_card(cards[0], tmp_path / "trees.json")
    read = read_card(tmp_path / "trees.json")
    assert score_table(read, TABLE, id_column="id").equals(score_table(cards[0], TABLE, id_column="id"))


def test_the_challenger_may_not_turn_against_what_is_known() -> None:
    pytest.importorskip("lightgbm")
    part = fit_card(TABLE, "a" * 64, Asked("challenger", "bad", "trees", id="id"), SETTINGS, BANDS).parameters
    assert isinstance(part, ChallengerPart)
    directions = dict(zip(part.names, part.directions, strict=True))
    assert (directions["late"], directions["income"], directions["kind"]) == (1, -1, 0)
    row = TABLE.head(1)
    worse = pl.concat([row.with_columns(late=pl.lit(late, pl.Int64)) for late in range(10)])
    assert (log_odds_of(part, worse)[1:] >= log_odds_of(part, worse)[:-1]).all()


def test_the_challenger_learns_no_direction_from_chance() -> None:
    """With few bads a column of noise seems to say something: what it says by chance is asked beside the bound."""
    pytest.importorskip("lightgbm")
    draw = np.random.default_rng(5)
    noise = {f"noise_{at}": draw.normal(size=1500) for at in range(6)}
    late = np.arange(1500) % 30
    bads = draw.random(1500) < np.where(late > 20, 0.2, 0.02)
    table = pl.DataFrame({**noise, "late": late, "bad": bads.astype(int)})
    part = fit_card(table, "a" * 64, Asked("challenger", "bad", "trees"), SETTINGS, BANDS).parameters
    assert isinstance(part, ChallengerPart)
    directions = dict(zip(part.names, part.directions, strict=True))
    assert directions.pop("late") == 1
    assert set(directions.values()) == {0}


def test_without_its_library_the_challenger_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(challenger.importlib, "import_module", missing)
    with pytest.raises(ChallengerMissing, match="not installed"):
        fit_card(TABLE, "a" * 64, Asked("challenger", "bad", "trees"), SETTINGS, BANDS)


def test_the_hash_is_of_all_but_the_approval() -> None:
    held = CARD.model_dump()
    assert Card.model_validate(held).sha256 == CARD.sha256
    assert CARD.model_copy(update={"model_id": "other"}).sha256 != CARD.sha256
