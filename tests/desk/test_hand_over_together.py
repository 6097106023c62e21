"""Everything that the desk makes goes to one night together: decisions, events, statements and rules, each once."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
from arriving import Source, event, free_debtors, source
from deciding import person
from studying import approved, written
from test_hand_over import decided

from postloan.desk.arrival.models import HandedEvent
from postloan.desk.core.actions import rows_give
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.decisions import actions as decisions
from postloan.desk.core.models import AuditEntry, FeedRows
from postloan.desk.studio.adoption import actions as adoption
from postloan.desk.studio.models import RuleChange
from postloan.desk.warning.models import WarningCase
from postloan.intake import load
from postloan.intake.facts import Facts
from postloan.night.run import run_nights
from postloan.site.serving import adopt, hand_over
from postloan.snapshot.read import read_loans, scan_warnings

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(bank: Path, tmp_path: Path, settings: object, db: None) -> Path:
    """A copy of the bank that a test may write to."""
    mine = tmp_path / "home"
    shutil.copytree(bank, mine)
    settings.POSTLOAN_HOME = str(mine)  # type: ignore[attr-defined]
    return mine


def stated(debtor_id: str, period: date) -> None:
    """A statement that an officer confirmed."""
    told = {
        "debtor_id": debtor_id,
        "period_end_on": str(period),
        "item": "cash",
        "value_cents": "77",
        "audited": "true",
    }
    officer = person("risk")
    rows_give(
        rows_id=uuid4(), table="statement", rows=[told], title="x", page="/statements/", officer=officer,
        org=officer.org,
    )  # fmt: skip


def test_all_of_a_day_goes_once_wherever_it_is_killed(
    home: Path, loans: pl.DataFrame, last_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = last_day + timedelta(days=1)
    debtor, other = free_debtors()["debtor_id"][:2]
    loan_id = loans.filter((pl.col("status") == "active") & (pl.col("tier") == "pass"))["loan_id"][0]
    FeedRows.objects.filter(feed_day=None).delete()
    decided(loan_id, on)
    assert Source(source()).post(event(debtor)).status_code == 200
    stated(other, last_day)
    change = approved(written("BK-RPY-01", red="exposure_cents > 20000000"))

    def killed(*_args: object, **_more: object) -> None:
        raise OSError("killed")

    for module, name in ((decisions, "write_delivery"), (adoption, "write_bytes"), (load, "load_feeds")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            with pytest.raises(OSError, match="killed"):
                hand_over(home, on)
    told = hand_over(home, on)
    assert (told["count"], told["accepted"], told["refused"], told["rules"], told["waiting"]) == (3, 3, 0, 1, 0)
    assert hand_over(home, on) == told
    for action in ("decisions.handed_over", "event.handed_over", "statement.handed_over", "studio.handed_over"):
        assert AuditEntry.objects.filter(action=action, subject=f"feed:{on}").count() == 1, action

    list(run_nights(home, [on]))
    assert read_loans(home, on).filter(loan_id=loan_id)["tier"].item() == "substandard"
    facts = Facts(home, None)
    assert facts.read("event", None).filter(event_id=HandedEvent.objects.get(feed_day=on).feed_id).height == 1
    assert facts.read("statement", None).filter(pl.col("known_on") == on)["value_cents"].to_list() == [77]
    raised = scan_warnings(home, on).collect()
    assert "BK-RPY-01" in raised["signal"].to_list()
    assert raised.filter(debtor_id=debtor, signal="WS-JUD-01").height == 1
    adopt(home, on)
    case = WarningCase.objects.get(debtor_id=debtor)
    assert not case.signals.filter(arrival="waits").exists()
    assert case.signals.filter(signal="WS-JUD-01", gone_on=None).count() == 1
    assert RuleChange.objects.get(pk=change.pk).state == "adopted"
    assert hand_over(home, on + timedelta(days=1))["count"] == 0
    assert list(faults_of_chain()) == []
