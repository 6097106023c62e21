"""Models watched on adopted month-ends: results kept once, alarms opened once, answered, and over when green again."""

import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import Result
from deciding import person
from modelling import approved, card_of_a_book, decided
from typer.testing import CliRunner

from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import BusinessDay, business_day
from postloan.desk.core.models import AuditEntry, WorkItem
from postloan.desk.modelling.actions import retirement_propose
from postloan.desk.modelling.models import Alarm, ModelCard, Watch
from postloan.desk.modelling.watching.actions import WORK, alarm_dispose, models_watch, watches_keep
from postloan.errors import FormWrong, IllegalMove, NotPermitted, ReasonMissing, StaleView
from postloan.models.behaviour import label_of
from postloan.models.card import read_card
from postloan.models.monitoring import Finding, Watched
from postloan.plan.watching import WatchedDay, sample, unwatched
from postloan.rules.model_rules import load_model_rules
from postloan.site.cli import app
from postloan.site.serving import adopt
from postloan.snapshot.read import published_days

pytestmark = pytest.mark.django_db
RULES = load_model_rules(None)


def on_day(months: int) -> BusinessDay:
    """The business day so many months later; nothing is read from it here."""
    today = business_day(None)
    on = today.on + timedelta(days=30 * months)
    return BusinessDay(today.home, on, f"run-{months}", on)


def watched(held: ModelCard, months: int, *found: tuple[str, float, str | None]) -> None:
    day = on_day(months)
    findings = tuple(Finding(measure, "model", value, light=light) for measure, value, light in found)
    watches_keep(held, [(WatchedDay(day.on, None, Watched(findings, ())), day.run_id)], day, RULES)


def work_of(held: ModelCard) -> list[tuple[str, str]]:
    items = WorkItem.objects.filter(kind=WORK, title=str(held)).order_by("pk")
    return [(item.state, item.told) for item in items]


def test_an_alarm_opens_one_item_and_is_over_when_it_is_green_again() -> None:
    held = approved(card_of_a_book())
    watched(held, 0, ("psi", 0.05, "green"), ("auc", 0.8, None))
    assert not Alarm.objects.filter(card=held).exists()
    watched(held, 1, ("psi", 0.3, "red"))
    alarm = Alarm.objects.get(card=held)
    item = WorkItem.objects.get(kind=WORK, title=str(held))
    assert (alarm.measure, alarm.state, alarm.on) == ("psi", "open", on_day(1).on)
    assert (item.officer, item.due_on, item.page) == (
        person("modeller"), on_day(1).on + timedelta(days=10), f"/models/{held.pk}/",
    )  # fmt: skip
    watched(held, 2, ("psi", 0.4, "red"))
    assert work_of(held) == [("open", "psi: model 0.400")]
    # What is watched only is not over: an alarm that went at once would come and go.
    watched(held, 3, ("psi", 0.2, "amber"))
    assert work_of(held) == [("open", "psi: model 0.400")]
    watched(held, 4, ("psi", 0.05, "green"))
    alarm.refresh_from_db()
    assert (alarm.state, alarm.ended_on) == ("over", on_day(4).on)
    assert work_of(held) == [("gone", "psi: model 0.400")]
    watched(held, 5, ("psi", 0.3, "red"))
    assert [each[0] for each in work_of(held)] == ["gone", "open"]
    told = AuditEntry.objects.filter(action__startswith="model.alarm", subject__in=[f"modelling.alarm:{alarm.pk}"])
    assert sorted(told.values_list("action", flat=True)) == ["model.alarm_opened", "model.alarm_over"]
    assert list(faults_of_chain()) == []


def test_each_measure_has_its_own_alarm_and_a_measure_without_a_band_has_none() -> None:
    held = approved(card_of_a_book())
    watched(
        held, 1, ("auc", 0.6, "red"), ("calibration_p", 0.001, "red"), ("mean_pd", 0.5, None), ("csi", 0.2, "amber")
    )
    assert sorted(Alarm.objects.filter(card=held).values_list("measure", flat=True)) == ["auc", "calibration_p"]
    # Outcomes that are not ripe say nothing: no alarm is over because of them.
    watched(held, 2, ("psi", 0.01, "green"))
    assert set(Alarm.objects.filter(card=held).values_list("state", flat=True)) == {"open"}


def test_a_day_before_the_last_is_kept_and_opens_nothing_and_twice_is_once() -> None:
    held = approved(card_of_a_book())
    watched(held, 3, ("psi", 0.01, "green"))
    watched(held, 1, ("psi", 0.5, "red"))
    assert Watch.objects.filter(card=held).count() == 2
    assert not Alarm.objects.filter(card=held).exists()
    watched(held, 3, ("psi", 0.5, "red"))
    assert Watch.objects.filter(card=held).count() == 2
    assert not Alarm.objects.filter(card=held).exists()


@pytest.mark.parametrize("disposal", ["retune", "accept", "retire"])
def test_an_alarm_is_answered_with_a_reason_and_stays_answered_while_it_lasts(disposal: str, logged_in) -> None:
    held = approved(card_of_a_book())
    watched(held, 1, ("psi", 0.3, "red"))
    alarm = Alarm.objects.get(card=held)
    sent = {"disposal": disposal, "reason": "客群变化，已安排重建", "version": alarm.version}
    assert logged_in("modeller").post(f"/models/alarms/{alarm.pk}/dispose", sent).status_code == 302
    alarm.refresh_from_db()
    assert (alarm.state, alarm.disposal, alarm.disposed_by) == ("disposed", disposal, person("modeller"))
    assert [each[0] for each in work_of(held)] == ["done"]
    assert "客群变化" in logged_in("auditor").get(f"/models/{held.pk}/").content.decode()
    watched(held, 2, ("psi", 0.5, "red"))
    assert [each[0] for each in work_of(held)] == ["done"]
    watched(held, 3, ("psi", 0.01, "green"))
    watched(held, 4, ("psi", 0.5, "red"))
    assert [each[0] for each in work_of(held)] == ["done", "open"]


def test_who_may_answer_an_alarm_and_what_is_refused() -> None:
    held, day = approved(card_of_a_book()), business_day(None)
    watched(held, 1, ("psi", 0.3, "red"))
    alarm = Alarm.objects.get(card=held)

    def answer(who: str = "modeller", disposal: str = "accept", reason: str = "可接受", version: int = 1) -> Alarm:
        return alarm_dispose(person(who), alarm.pk, disposal, seen_version=version, reason=reason, day=day)

    for who in ("manager", "approver", "auditor"):
        with pytest.raises(NotPermitted):
            answer(who)
    with pytest.raises(ReasonMissing):
        answer(reason=" ")
    with pytest.raises(FormWrong):
        answer(disposal="forget")
    with pytest.raises(StaleView):
        answer(version=2)
    answer()
    with pytest.raises(IllegalMove):
        answer(version=2)


def test_the_alarms_of_a_retired_model_go_with_it() -> None:
    held, day = approved(card_of_a_book()), business_day(None)
    watched(held, 0, ("psi", 0.3, "red"))
    retirement_propose(person("modeller"), held.pk, seen_version=held.version, reason="不再使用", day=day)
    decided(held, "manager")
    models_watch(day)
    assert Alarm.objects.get(card=held).state == "open"  # it holds until the end of the day
    models_watch(on_day(-1))  # adopted again, a day on which it did not hold yet
    assert Alarm.objects.get(card=held).state == "open"
    models_watch(on_day(1))
    assert Alarm.objects.get(card=held).state == "over"
    assert [each[0] for each in work_of(held)] == ["gone"]


def test_a_month_end_watches_the_cards_in_force_and_makes_up_for_those_since_the_fit(bank: Path) -> None:
    held = ModelCard.objects.get(model_id="behaviour", edition=1)
    days, before = published_days(bank), list(held.watches.values_list("pk", "findings"))
    fitted = days[: len(days) - held.watches.count()]
    assert [each.on for each in held.watches.order_by("on")] == days[len(fitted) :]
    assert all(each.labelled_on is None or each.labelled_on > fitted[-1] for each in held.watches.all())
    last = held.watches.order_by("on").last()
    assert last.labelled_on == days[-2]
    table = sample(bank, (days[-2],), label_of(1))
    rate = next(each["value"] for each in last.findings if each["measure"] == "default_rate")
    assert rate == table["bad_in_1_months"].mean()
    # Adopted again it changes nothing; a card of other columns is left alone, and one that waits is not in force.
    other = approved(card_of_a_book())
    adopt(bank, days[-1])
    assert list(held.watches.values_list("pk", "findings")) == before
    assert not other.watches.exists()
    assert not Watch.objects.filter(card__state="proposed").exists()
    assert Alarm.objects.filter(card=held, measure="calibration_p", state="open").count() == 1


def test_a_card_says_why_it_cannot_be_watched(bank: Path, tmp_path: Path) -> None:
    card = card_of_a_book()
    assert unwatched(bank, card) == "label"
    label = card.training.model_copy(update={"label": "bad_in_1_months"})
    card = card.model_copy(update={"training": label})
    assert unwatched(bank, card) == "columns"
    part = card.parameters.model_copy(
        update={"characteristics": tuple(
            each.model_copy(update={"name": "days_past_due"}) for each in card.parameters.characteristics
        )}
    )  # fmt: skip
    card = card.model_copy(update={"parameters": part, "features": ("days_past_due",)})
    assert unwatched(bank, card) == "reference"
    for last, why in (("2026-10-31", None), ("2019-01-31", "reference"), ("9", "reference")):
        trained = card.model_copy(update={"training": label.model_copy(update={"last": last})})
        assert unwatched(bank, trained) == why
    assert unwatched(bank, card.model_copy(update={"calibration": None})) == "calibration"


def test_a_snapshot_that_is_damaged_keeps_nobody_from_the_day(bank: Path, tmp_path: Path) -> None:
    copy, today = tmp_path / "home", business_day(None)
    shutil.copytree(bank, copy, ignore=shutil.ignore_patterns("desk.sqlite3*", "static"))
    held = ModelCard.objects.get(model_id="behaviour", edition=1)
    Watch.objects.filter(card=held).delete()
    day = BusinessDay(copy, today.on, today.run_id, today.on)
    damaged = copy / "snapshots" / today.run_id / "loan" / "0000.parquet"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1])
    assert models_watch(day) == 0
    damaged.write_bytes(whole)
    assert models_watch(day) == held.watches.count() > 0


def test_a_sample_of_ones_own_history_is_fitted_on_and_one_too_young_is_refused(bank: Path, tmp_path: Path) -> None:
    first, last = (str(day) for day in published_days(bank)[:2])
    out, card = tmp_path / "loans.parquet", tmp_path / "card.json"

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["--lang=en", "model", *words])

    asked = ("--months", "1", "--out", str(out), "--home", str(bank))
    assert run("sample", first, last, *asked).exit_code == 0
    assert pl.read_parquet(out).equals(sample(bank, tuple(published_days(bank)[:2]), label_of(1)))
    fitted = run("fit", str(out), "--label", "bad_in_1_months", "--id", "loan_id", "--time", "on", "--out", str(card))
    assert fitted.exit_code == 0, fitted.stderr
    assert unwatched(bank, read_card(card)) is None
    for words, why in (((first, "2099-12-31"), "not published"), (("2019-01-01", "2019-02-01"), "No month-end")):
        refused = run("sample", *words, *asked)
        assert refused.exit_code != 0
        assert why in refused.stderr
