"""`postloan model`: fit, score, monitor and compare on plain tables, in two languages, and their refusals."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from postloan.site.cli import app

SQL = ("--unit", "month", "--sql", "x.sql")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tables, a champion with its SQL, and a weaker rival."""
    place = tmp_path_factory.mktemp("models")
    for name, seed in (("then", 1), ("now", 2)):
        draw = np.random.default_rng(seed)
        late, income = draw.poisson(1.5, 2000), draw.normal(9, 0.5, 2000)
        bad = draw.random(2000) < 1 / (1 + np.exp(2.5 - 0.8 * late + 0.9 * (income - 9)))
        table = pl.DataFrame({"id": range(2000), "late": late, "income": income, "bad": bad.astype(int)})
        table.write_csv(place / f"{name}.csv")
    said(place, "fit", "then.csv", "--label", "bad", "--id", "id", "--out", "champion.json", "--sql", "champion.sql")
    said(place, "fit", "then.csv", "--label", "bad", "--features", "income", "--without", "id", "--out", "rival.json")
    return place


def run(folder: Path, *words: str, lang: str = "en") -> tuple[int, str, str]:
    placed = [str(folder / each) if each.endswith((".csv", ".json", ".sql", ".parquet")) else each for each in words]
    result = CliRunner().invoke(app, [f"--lang={lang}", "model", *placed])
    return result.exit_code, result.stdout, result.stderr


def said(folder: Path, *words: str, lang: str = "en") -> str:
    code, out, err = run(folder, *words, lang=lang)
    assert code == 0, err
    return out


def test_fit_says_how_it_did_on_rows_it_did_not_see(folder: Path) -> None:
    out = said(folder, "fit", "then.csv", "--label", "bad", "--id", "id", "--out", "again.json")
    assert "again, version 1 (scorecard)" in out
    assert "held out" in out
    found = json.loads(said(folder, "fit", "then.csv", "--label", "bad", "--id", "id", "--out", "a.json", "--json"))
    area = next(each for each in found["metrics"] if each["name"] == "auc" and each["sample"] == "held_out")
    assert area["low"] < area["value"] < area["high"]
    assert area["value"] > 0.7
    assert found["sha256"] == json.loads((folder / "a.json").read_text())["sha256"]


def test_score_writes_a_row_each_and_sql_alone_agrees(folder: Path) -> None:
    said(folder, "score", "champion.json", "now.csv", "--id", "id", "--trigger", "600", "--out", "scores.csv")
    said(folder, "score", "champion.json", "now.csv", "--id", "id", "--out", "scores.parquet")
    scores = pl.read_csv(folder / "scores.csv")
    assert len(scores) == 2000
    assert scores.columns[:3] == ["id", "score", "pd"]
    assert "to_trigger" in scores.columns
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE loans (id, late, income)")
    base.executemany("INSERT INTO loans VALUES (?, ?, ?)", pl.read_csv(folder / "now.csv").drop("bad").rows())
    rows = base.execute((folder / "champion.sql").read_text()).fetchall()
    assert [row[-2] for row in rows] == scores["score"].to_list()
    assert pl.read_parquet(folder / "scores.parquet")["score"].to_list() == scores["score"].to_list()


def test_monitor_shows_lights_in_both_languages_and_findings_as_json(folder: Path) -> None:
    assert "alarms" in said(folder, "monitor", "champion.json", "then.csv", "now.csv", "--label", "bad")
    assert "绿" in said(folder, "monitor", "champion.json", "then.csv", "now.csv", lang="zh")
    found = json.loads(said(folder, "monitor", "champion.json", "then.csv", "now.csv", "--label", "bad", "--json"))
    lights = {(each["measure"], each["subject"]): each["light"] for each in found["findings"]}
    assert lights["psi", "model"] == "green"
    assert len(found["grades"]) > 3


def test_compare_sets_two_cards_side_by_side(folder: Path) -> None:
    assert "champion/1" in said(folder, "compare", "champion.json", "rival.json", "now.csv", "--label", "bad")
    found = json.loads(said(folder, "compare", "champion.json", "rival.json", "now.csv", "--label", "bad", "--json"))
    assert found["difference"] > 0.1
    assert found["p"] < 0.001


def test_a_bank_sets_its_own_bands(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "rulebook" / "models"
    own.mkdir(parents=True)
    shipped = Path(__file__).parents[2] / "rulebook" / "models" / "monitoring.yaml"
    strict = shipped.read_text().replace("watch_from: 0.10, act_over: 0.25", "watch_from: 0.00, act_over: 0.00")
    (own / "monitoring.yaml").write_text(strict)
    words = ["monitor", "champion.json", "then.csv", "now.csv", "--json", "--home", str(tmp_path)]
    lights = {each["light"] for each in json.loads(said(folder, *words))["findings"] if each["measure"] == "csi"}
    assert lights == {"red"}
    (own / "monitoring.yaml").write_text(strict.replace("watch_from: 0.03", "watch_from: 0.09"))
    assert "watch_from lies above act_over" in "".join(run(folder, *words)[1:])
    (own / "other.yaml").write_text("rule: other")
    assert "no rule kept in this folder" in "".join(run(folder, *words)[1:])


def test_a_bank_sets_what_is_held_out_and_a_person_may_say_otherwise(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "rulebook" / "models"
    own.mkdir(parents=True)
    shipped = Path(__file__).parents[2] / "rulebook" / "models" / "fitting.yaml"
    (own / "fitting.yaml").write_text(shipped.read_text().replace("held_out: {share: 0.2,", "held_out: {share: 0.5,"))
    words = ["fit", "then.csv", "--label", "bad", "--id", "id", "--out", "half.json"]
    for more, held in ([], "0.2"), (["--home", str(tmp_path)], "0.5"), (["--held-out", "0.1"], "0.1"):
        said(folder, *words, *more)
        training = json.loads((folder / "half.json").read_text())["card"]["training"]
        assert training["held_out"] == f"{held} of id, by digest"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["fit", "then.csv", "--label", "worse", "--out", "x.json"], "PL-M03"),
        (["fit", "none.csv", "--label", "bad", "--out", "x.json"], "PL-M03"),
        (["fit", "then.csv", "--label", "late", "--out", "x.json"], "PL-M03"),
        (["fit", "then.csv", "--label", "bad", "--kind", "hazard", "--out", "x.json"], "PL-M03"),
        (["fit", "then.csv", "--label", "bad", "--features", "id", "--out", "x.json"], "PL-M04"),
        (["score", "then.csv", "now.csv", "--out", "x.csv"], "PL-M01"),
        (["score", "champion.json", "now.csv", "--out", "x.txt"], "PL-C01"),
        (["fit", "then.csv", "--label", "bad", "--kind", "hazard", "--age", "late", "--out", "x.json", *SQL], "PL-C01"),
        (["fit", "then.csv", "--label", "bad", "--out", "x.json", "--on", "2020-01-01"], "PL-R01"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_its_code(words: list[str], code: str, folder: Path) -> None:
    exit_code, _, err = run(folder, *words)
    assert exit_code == 1
    assert code in err
    assert not (folder / "x.json").exists()
