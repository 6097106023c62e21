"""The warning model on the desk: from a fit on published month-ends to a case, on a copy of the demo bank."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from deciding import person
from warned import PRINCIPAL, Nights, verify

from postloan.desk.core.days import business_day
from postloan.desk.modelling.models import ModelCard
from postloan.desk.warning.evidence import reasons_told
from postloan.desk.warning.models import CaseSignal, WarningCase
from postloan.desk.warning.opening import changes
from postloan.desk.warning.signals import OF_MODEL, KnownSignal, known_signals
from postloan.models.card import read_card
from postloan.plan.watching import unwatched
from postloan.rules.rulebook import load_rulebook
from postloan.rules.scores import ModelSignal
from postloan.site.demo_desk import who_agrees_to_models
from postloan.site.demo_walk import model_rule
from postloan.site.demo_warning_model import warn_by_model
from postloan.snapshot.read import published_run, scan_warning_scores, scan_warnings

pytestmark = pytest.mark.django_db
SIGNAL = "WM-PD-01"


@pytest.fixture
def own(bank: Path, tmp_path: Path, settings: object) -> Path:
    """A home of its own with the bank's facts and snapshots: its rulebook is going to name a card."""
    home = tmp_path / "home"
    shutil.copytree(bank, home, ignore=shutil.ignore_patterns("desk", "static"))
    settings.POSTLOAN_HOME = str(home)  # type: ignore[attr-defined]
    return home


def test_the_demo_fits_agrees_to_and_names_a_card_and_its_last_day_warns_by_it(own: Path, logged_in) -> None:
    before = business_day(None)
    assert not model_rule(own).exists()
    warn_by_model(own, who_agrees_to_models())
    day = business_day(None)
    assert model_rule(own).exists()
    assert (day.on, day.run_id) == (before.on, published_run(own, before.on))
    assert day.run_id != before.run_id
    held = ModelCard.objects.get(model_id="warning")
    assert (held.state, held.approved_by, held.proposed_by) == ("approved", person("manager"), person("modeller"))
    card = read_card(own / "rulebook" / "bank" / "warning-1.json")
    assert (card.sha256, card.is_effective(day.on)) == (held.sha256, True)
    named = load_rulebook(own).warning_model(day.on)
    assert named is not None
    assert named.signal.sha256 == held.sha256
    assert load_rulebook(own).warning_model(day.on.replace(day=1)) is None
    assert unwatched(own, card) is None
    assert held.watches.exists(), "its drift is watched from the first adopted day"

    signals = scan_warnings(own, day.on).filter(pl.col("signal") == SIGNAL).collect()
    scores = scan_warning_scores(own, day.on).collect()
    assert 0 < signals.height < scores.height
    warned = set(CaseSignal.objects.filter(signal=SIGNAL).values_list("case__debtor_id", flat=True))
    running = set(WarningCase.objects.filter(state__in=WarningCase.RUNNING).values_list("debtor_id", flat=True))
    assert set(signals["debtor_id"]) & running == warned != set()
    case = WarningCase.objects.filter(signal_ids__contains=f" {SIGNAL} ", state__in=WarningCase.RUNNING).first()
    assert case is not None
    assert " model " in case.categories

    (said,) = scores.filter(pl.col("debtor_id") == case.debtor_id).to_dicts()
    for language, words in (("zh-hans", ("模型预警", "转差概率", "留出样本")), ("en", ("Model: likely", "AUC on"))):
        client = logged_in("auditor")
        client.cookies["django_language"] = language
        for page in (f"/warnings/{case.pk}/", f"/warnings/of/{case.debtor_id}"):
            answer = client.get(page)
            assert answer.status_code == 200, page
            text = answer.content.decode()
            assert f"{said['pd_ratio']:.1%}" in text, page
            assert all(word in text for word in words), (page, words)
    listed = logged_in("auditor").get("/warnings/?tab=open&category=model").content.decode()
    assert case.debtor_name in listed

    entries = CaseSignal.objects.count()
    warn_by_model(own, who_agrees_to_models())
    assert (CaseSignal.objects.count(), business_day(None).run_id) == (entries, day.run_id)


def test_the_model_alone_opens_a_case_and_raises_one(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch)
    clears = {"zh": "概率降低", "en": "The probability falls"}
    signal = ModelSignal.model_validate({
        "id": SIGNAL, "zh": "模型预警", "en": "Model", "file": "w.json", "sha256": "0" * 64, "clears": clears,
        "levels": [{"level": "yellow", "pd_from": "0.1"}, {"level": "red", "pd_from": "0.3"}],
        "cite": {"text": "postloan-settings", "at": "1", "confirmed_on": None},
    })  # fmt: skip
    known = {**known_signals(business_day(None)), SIGNAL: KnownSignal(signal, OF_MODEL)}
    monkeypatch.setattr(changes, "known_signals", lambda _day: known)
    assert nights.adopt(1, (SIGNAL, "yellow")) == 1
    assert (nights.case.level, nights.case.categories) == ("yellow", " model ")
    verify(nights.case, days=1)
    nights.adopt(2, (SIGNAL, "red"), (PRINCIPAL, "orange"))
    assert (nights.case.level, nights.case.state, nights.case.categories) == ("red", "open", " model repayment ")


def test_bins_are_said_in_the_unit_of_their_feature() -> None:
    reasons = [
        {"feature": "exposure_cents", "bin": "(1.2e+06, 5e+06]", "lost": 12},
        {"feature": "late_months", "bin": "> 2.5", "lost": 9},
        {"feature": "legal_form", "bin": "person, sole_trader", "lost": 8},
        {"feature": "is_in_group", "bin": "> 0", "lost": 3},
        {"feature": "debt_to_assets", "bin": "<= 0.45", "lost": 2},
        {"feature": "days_since_sued", "bin": "missing", "lost": 1},
        {"feature": "limitation_days", "bin": "any", "lost": 1},
    ]  # fmt: skip
    told = dict(reasons_told(reasons))
    assert list(told.values()) == [
        "(12,000.00 元, 50,000.00 元]（扣 12 分）", "> 2（扣 9 分）", "自然人、个体工商户（扣 8 分）", "是（扣 3 分）",
        "<= 0.45（扣 2 分）", "未知（扣 1 分）",
        "有记录（扣 1 分）",
    ]  # fmt: skip
    assert next(iter(told)) == "贷款余额"
