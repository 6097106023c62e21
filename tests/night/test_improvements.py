"""No tier improves without a decision or a rule: a night in which one does is not published."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_killed import files

from feeds import Row, small_bank, write_feed
from postloan.errors import CheckFailed
from postloan.intake.load import load_feeds
from postloan.night.run import Published, run_night
from postloan.plan import night as engine
from postloan.rules.sources import shipped_rules
from postloan.snapshot.read import published_days, read_loans
from postloan.tables.tiers import Judged

BAD_ON, BETTER_ON, TOLD_ON = date(2024, 6, 30), date(2024, 7, 31), date(2025, 1, 31)
NAME = "no tier improved without a decision or a rule"
HANDS = {"proposed_by": "li", "determined_by": "wang", "approved_by": "zhao", "ability": "orders are back"}
LATER = date(2025, 7, 15)


def decided(loan_id: str, kind: str, on: date, **terms: Any) -> Row:
    return {"decision_id": f"{kind}-{loan_id}", "loan_id": loan_id, "kind": kind, "effective_on": on,
            "terms": json.dumps(terms)}  # fmt: skip


def paid(loan_id: str, on: date) -> Row:
    return {"payment_id": loan_id, "loan_id": loan_id, "paid_on": on, "amount": Decimal(5_000)}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Six debtors with a loan each, of which an instalment fell due in January; the second is far away."""
    bank, begun = small_bank(), date(2023, 7, 15)
    company = next(each for each in bank["debtor"] if each["debtor_id"] == "D3")
    names = ("HELD", "UP", "BEHIND", "PERSON", "MERGED", "LATELY")
    bank["debtor"] = [company | {"debtor_id": name, "id_number": name} for name in names]
    bank["debtor"][3] |= {"legal_form": "person", "size_class": "none"}
    bank["loan"] = [
        {"loan_id": name, "debtor_id": name, "org_id": "010", "product": "working", "currency": "CNY",
         "principal": Decimal(10_000), "disbursed_on": begun, "matures_on": LATER, "annual_rate": Decimal(0),
         "method": "scheduled", "security_kind": "credit"}
        for name in names
    ]  # fmt: skip
    bank["instalment"] = [
        {"loan_id": name, "version": 1, "seq": seq, "due_on": due, "principal": Decimal(5_000), "interest": Decimal(0)}
        for name in names
        for seq, due in ((1, date(2024, 6, 1) if name in {"BEHIND", "MERGED"} else date(2023, 9, 1)), (2, LATER))
    ]
    bank["payment"] = [
        paid("HELD", date(2024, 1, 10)), paid("UP", date(2024, 1, 10)), paid("BEHIND", date(2024, 7, 5)),
        paid("PERSON", date(2024, 7, 5)), paid("MERGED", date(2024, 6, 15)),
    ]  # fmt: skip
    bank["decision"] = [
        decided("UP", "upgrade", date(2024, 7, 11), **HANDS),
        decided("MERGED", "merger", date(2024, 6, 10), evidence="register", approver="zhao"),
    ]
    (report,) = load_feeds(tmp_path / "home", write_feed(tmp_path / "feeds", TOLD_ON, bank), shards=2)
    assert report.quarantined == 0, report.tables
    # The shares of so small a book move far.
    own = tmp_path / "home" / "rulebook" / "bank"
    own.mkdir(parents=True)
    checks = (shipped_rules() / "bank" / "publish_checks.yaml").read_text(encoding="utf-8")
    (own / "publish_checks.yaml").write_text(checks.replace("over_share: 0.10", "over_share: 1"), encoding="utf-8")
    return tmp_path / "home"


def tiers(home: Path, on: date) -> dict[str, str]:
    return dict(read_loans(home, on, ["loan_id", "tier"]).rows())


def saw(night: Published) -> str:
    (check,) = [check for check in night.manifest["checks"] if check["name"] == NAME]
    assert check["passed"]
    return str(check["saw"])


def forget_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break the program: on its business date it forgets that a loan waits for an upgrade."""
    sound = engine.classify

    def classify(*arguments: Any, **options: Any) -> Any:
        judged = sound(*arguments, **options)
        is_last = pl.col("on") == judged["on"].max()
        forgets = is_last & pl.col("is_held")
        return Judged.validate(
            judged.with_columns(
                tier=pl.when(forgets).then(pl.lit("pass").cast(judged.schema["tier"])).otherwise("tier"),
                tier_rule=pl.when(~forgets).then("tier_rule"),
                tier_cite=pl.when(~forgets).then("tier_cite"),
            )
        )

    monkeypatch.setattr(engine, "classify", classify)


def test_what_improves_by_days_by_retail_or_by_a_decision_is_published(home: Path) -> None:
    assert "nothing published before" in saw(run_night(home, BAD_ON))
    then = tiers(home, BAD_ON)
    assert then == {"HELD": "substandard", "UP": "substandard", "BEHIND": "special_mention", "PERSON": "doubtful",
                    "MERGED": "special_mention", "LATELY": "doubtful"}  # fmt: skip
    assert saw(run_night(home, BETTER_ON)) == "3 improved against 2024-06-30, 0 of them by what became known since"
    now = tiers(home, BETTER_ON)
    assert {name for name in then if now[name] != then[name]} == {"UP", "BEHIND", "PERSON"}
    assert run_night(home, date(2025, 1, 5)).manifest["totals"]["tiers"]["pass"]["loans"] == 4
    assert tiers(home, date(2025, 1, 5))["MERGED"] == "pass", "six months after the merger"


def test_a_night_that_lets_a_loan_rise_without_a_decision_keeps_what_was_published(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_night(home, BAD_ON)
    before = files(home / "snapshots")
    forget_who_waits(monkeypatch)
    with pytest.raises(CheckFailed, match=NAME) as refusal:
        run_night(home, BETTER_ON)
    assert refusal.value.where[NAME].endswith("1 without a decision or a rule: HELD")
    assert published_days(home) == [BAD_ON]
    assert files(home / "snapshots") == before


def test_a_book_read_under_the_law_of_another_day_is_compared_too(home: Path) -> None:
    for on in (BAD_ON, BETTER_ON):
        night = run_night(home, on, law_of=date(2026, 1, 1))
    assert saw(night) == "3 improved against 2024-06-30, 0 of them by what became known since"


def test_a_payment_that_became_known_later_tells_of_a_loan_that_was_never_bad(home: Path, tmp_path: Path) -> None:
    """It was paid in September, and nobody told. Nobody need decide anything."""
    run_night(home, BAD_ON)
    rows = {"payment": [paid("LATELY", date(2023, 9, 1))]}
    load_feeds(home, write_feed(tmp_path / "more", TOLD_ON + timedelta(days=1), rows, modes={"payment": "increment"}))
    night = run_night(home, BAD_ON + timedelta(days=1))
    assert saw(night) == "1 improved against 2024-06-30, 1 of them by what became known since"
    assert tiers(home, BAD_ON + timedelta(days=1))["LATELY"] == "pass"


def test_a_bank_may_publish_such_a_night_by_its_own_limit(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_night(home, BAD_ON)
    forget_who_waits(monkeypatch)
    own = home / "rulebook" / "bank" / "publish_checks.yaml"
    own.write_text(own.read_text(encoding="utf-8").replace("up_to_loans: 0", "up_to_loans: 1"), encoding="utf-8")
    assert "1 without a decision or a rule: HELD" in saw(run_night(home, BETTER_ON))
