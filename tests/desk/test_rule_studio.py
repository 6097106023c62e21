"""The rule studio: drafts and what is wrong with them, four eyes, the hand-over to the night, and what overtakes it."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from deciding import person
from modelling import also
from studying import SIGNAL, approved, begun, decided, proposed, saved, written

from postloan.desk.approval.models import Case
from postloan.desk.book.features import features_folder, features_make
from postloan.desk.core.audit import faults_of_chain
from postloan.desk.core.days import business_day
from postloan.desk.core.models import AuditEntry, WorkItem
from postloan.desk.studio import kept
from postloan.desk.studio.actions import change_begin
from postloan.desk.studio.adoption import actions as adoption
from postloan.desk.studio.adoption.actions import rules_hand_over
from postloan.desk.studio.faults import condition_fault
from postloan.desk.studio.models import RuleChange, RuleFile
from postloan.errors import FormWrong, HandOverLate, IllegalMove, NotPermitted, RuleOvertaken, SamePerson, StaleView
from postloan.rules.condition import ConditionWrong, condition
from postloan.rules.rulebook import load_rulebook, policy_on
from postloan.rules.warning_files import rule_written, standing_rules
from postloan.rules.warnings import FEATURES
from postloan.snapshot.program import code_fingerprint
from studio_rules import look_ahead_shortly

pytestmark = pytest.mark.django_db

LARGE = "exposure_cents > 20000000"
HOSTILE = (
    "", "exposure_cents", "1 = 1", "exposure_cents > ", "exposure_cents > 1 -- x", "exposure_cents > POW(2, 400)",
    "LPAD(legal_form, 1000000000) = 'x'", "(SELECT 1) = 1", "no_such > 1", "exposure_cents > 1e9",
    "exposure_cents IN (SELECT 1)", "legal_form = 'nobody'", "legal_form > 1", "(" * 40 + "1" + ")" * 40 + " = 1",
    "exposure_cents + legal_form > 1", f"legal_form = '{'x' * 100}'",
    "exposure_cents > 1 OR " * 60 + "exposure_cents > 1",
    "x" * 3000, "NOT exposure_cents", "(exposure_cents > 1) > (exposure_cents > 2)", "read_csv('/etc/passwd') = 1",
)  # fmt: skip


@pytest.fixture
def home(bank: Path, tmp_path: Path, settings: object) -> Path:
    """A copy of the bank that a test may write to, looking two months ahead."""
    mine = tmp_path / "home"
    shutil.copytree(bank, mine)
    settings.POSTLOAN_HOME = str(mine)  # type: ignore[attr-defined]
    look_ahead_shortly(mine)
    return mine


@pytest.fixture
def next_day(last_day: date) -> date:
    return last_day + timedelta(days=1)


def sent(rule: dict, version: int, **changed: str) -> dict[str, object]:
    """A draft as the form sends it."""
    whens = {f"when_{each['level']}": each["when"] for each in rule["levels"]}
    told = {"zh": rule["zh"], "en": rule["en"], "of": rule["of"], "shows": ", ".join(rule["shows"])}
    clears = {f"clears_{name}": said for name, said in rule["clears"].items()}
    return {"version": version, **told, **clears, **whens, **changed}


def test_a_bad_condition_is_refused_at_its_place_on_the_page(home: Path, logged_in) -> None:
    client, change = logged_in("risk"), begun()
    page = f"/studio/changes/{change.pk}/"
    form = sent(written("BK-RPY-01", red="exposure_cents > 1 AND AND", blue="no_such > 1"), 1)
    answer = client.post(f"{page}save", form, follow=True)
    shown = answer.content.decode()
    red = shown[shown.index('id="f-red"') :]
    assert red[:120].startswith('id="f-red">第 26 个字符处不是 SQL 表达式'), red[:120]
    assert "没有特征 no_such" in shown[shown.index('id="f-blue"') :][:80]
    assert 'name="effective_from"' not in shown
    assert "exposure_cents &gt; 1 AND AND" in shown
    with pytest.raises(FormWrong, match="没有特征 no_such"):
        proposed(change)
    for part in ("hits", "trial"):
        assert "改正后才能" in client.get(f"{page}{part}").content.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_wrong_with_a_condition_is_said_in_chinese(text: str) -> None:
    with pytest.raises(ConditionWrong) as refused:
        condition(text, FEATURES["debtor"])
    said = condition_fault(str(refused.value))
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said), said


def test_a_draft_is_its_authors_and_an_old_page_is_refused(home: Path) -> None:
    key = uuid4()
    change = begun(key=key)
    assert begun(key=key) == change
    saved(change, written("BK-RPY-01", red=LARGE))
    with pytest.raises(StaleView):
        saved(change, written("BK-RPY-01", red="exposure_cents > 1"), seen=1)
    also("manager", "studio.edit")
    with pytest.raises(NotPermitted):
        saved(change, written("BK-RPY-01", red=LARGE), who="manager")
    with pytest.raises(NotPermitted):
        begun(who="officer")
    with pytest.raises(FormWrong):
        begun(signal=SIGNAL)
    assert RuleChange.objects.get(pk=change.pk).rule["levels"] == [{"level": "red", "when": LARGE}]


def test_what_is_kept_is_of_the_whole_program_that_reckoned_it(home: Path, last_day: date) -> None:
    """Steps, kernels and models reckon features too, and steps/warnings asks the rules: a part of it would not tell."""
    assert features_folder(home, last_day).name.endswith(f"-{code_fingerprint()[:16]}")


def test_a_page_tries_a_draft_today_and_on_history(home: Path, logged_in, last_day: date) -> None:
    features_make(home, last_day)
    change = saved(begun("edit", SIGNAL), written(SIGNAL, yellow=LARGE))
    client = logged_in("risk")
    page = f"/studio/changes/{change.pk}/"
    hits = client.get(f"{page}hits").content.decode()
    assert "命中" in hits
    assert "/debtors/" in hits
    first = client.get(f"{page}trial").content.decode()
    assert "every 2s" in first
    for job in list(kept._jobs.values()):
        job.result(timeout=120)
    told = client.get(f"{page}trial").content.decode()
    assert "trial-alerts" in told
    assert "同时有其他规则触发" in told
    assert client.get("/studio/").status_code == client.get(f"/studio/rules/{SIGNAL}/").status_code == 200


def test_whoever_wrote_a_rule_does_not_approve_it_and_head_office_does(home: Path) -> None:
    change = proposed(saved(begun(), written("BK-RPY-01", red=LARGE)))
    case = Case.objects.get(pk=change.case_id)
    assert case.org.parent_id is None
    with pytest.raises(NotPermitted):
        decided(change, "risk")
    also("risk", "studio.approve")
    with pytest.raises(SamePerson):
        decided(change, "risk")
    with pytest.raises(FormWrong):
        proposed(saved(begun(), written("BK-RPY-01", red="exposure_cents > 5")))
    assert decided(change).state == "approved"
    with pytest.raises(IllegalMove):
        decided(change)
    assert AuditEntry.objects.filter(action="studio.approve").count() == 1
    assert list(faults_of_chain()) == []


def test_an_approved_rule_is_a_version_from_its_day_and_earlier_days_keep_theirs(
    home: Path, next_day: date, last_day: date
) -> None:
    change = approved(written("BK-RPY-01", red=LARGE))
    before = load_rulebook(home)
    assert rules_hand_over(last_day) == 0
    assert rules_hand_over(next_day) == 1
    after = load_rulebook(home)
    assert after.fingerprint != before.fingerprint
    assert policy_on(after, last_day).warnings == policy_on(before, last_day).warnings
    [rule] = [each for each in policy_on(after, next_day).warnings if each.id == "BK-RPY-01"]
    assert rule_written(rule) == written("BK-RPY-01", red=LARGE)
    assert rule.cite.text == "desk-approvals"
    assert {"黄国强", "张慧敏"} <= set(str(rule.cite.at).replace(",", " ").split())
    held = RuleChange.objects.get(pk=change.pk)
    assert (held.state, held.feed_day, held.effective_from) == ("adopted", next_day, next_day)
    with pytest.raises(HandOverLate):
        rules_hand_over(last_day - timedelta(days=1))


def test_killed_before_the_file_it_ends_in_the_same(home: Path, next_day: date, monkeypatch) -> None:
    approved(written("BK-RPY-01", red=LARGE))
    path = home / "rulebook" / "bank" / "warnings" / "repayment.yaml"

    def killed(*_args: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(adoption, "write_bytes", killed)
        with pytest.raises(OSError, match="full"):
            rules_hand_over(next_day)
    assert not path.exists()
    # The next day finishes what was begun, and takes nothing twice.
    assert rules_hand_over(next_day + timedelta(days=1)) == 0
    content = path.read_bytes()
    assert content.decode() == RuleFile.objects.get().content
    assert rules_hand_over(next_day + timedelta(days=1)) == 0
    assert path.read_bytes() == content


def test_a_day_takes_changes_once_and_the_next_takes_the_rest(home: Path, next_day: date) -> None:
    approved(written("BK-RPY-01", red=LARGE))
    assert rules_hand_over(next_day) == 1
    standing = standing_rules(load_rulebook(home))[SIGNAL].rule
    approved(rule_written(standing) | {"shows": ["exposure_cents"]}, "edit")
    assert rules_hand_over(next_day) == 1
    assert RuleChange.objects.filter(state="approved").count() == 1
    assert rules_hand_over(next_day + timedelta(days=1)) == 1
    versions = load_rulebook(home).in_force["warnings/repayment"]
    assert [each.since for each in versions[-2:]] == [next_day, next_day + timedelta(days=1)]
    assert RuleFile.objects.order_by("feed_day")[1].content.startswith(RuleFile.objects.order_by("feed_day")[0].content)


def test_a_retired_rule_is_asked_no_more_and_its_number_stays_its_own(home: Path, next_day: date, logged_in) -> None:
    change = begun("retire", SIGNAL)
    with pytest.raises(IllegalMove):
        saved(change, written(SIGNAL, red=LARGE))
    decided(proposed(change))
    rules_hand_over(next_day)
    assert SIGNAL not in standing_rules(load_rulebook(home))
    assert logged_in("risk").get(f"/studio/rules/{SIGNAL}/").status_code == 404
    assert logged_in("risk").get(f"/studio/changes/{change.pk}/").status_code == 200
    for number in ("01", "02"):
        logged_in("risk").post("/studio/begin", {"category": "repayment", "change_id": str(uuid4())})
        assert RuleChange.objects.filter(signal=f"BK-RPY-{number}").count() == 1


def test_no_draft_begins_of_a_kind_or_category_that_is_none(home: Path, logged_in) -> None:
    """A category that is none would stop the hand-over of the day on which the rule begins."""
    for kind, category in (("rename", "repayment"), ("new", "nowhere")):
        with pytest.raises(FormWrong):
            change_begin(
                person("risk"), kind, "BK-RPY-01", category, change_id=uuid4(), day=business_day(None)
            )  # fmt: skip
    asked = {"kind": "new", "signal": "WS-RPY-99", "category": "nowhere", "change_id": str(uuid4())}
    assert logged_in("risk").post("/studio/begin", asked).status_code == 404
    logged_in("risk").post("/studio/begin", asked | {"category": "repayment"})
    assert RuleChange.objects.get(pk=asked["change_id"]).signal == "BK-RPY-01"


def edit_by_hand(home: Path, when: str) -> None:
    """The bank's own engineer writes a version into the file."""
    path = home / "rulebook" / "bank" / "warnings" / "repayment.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    from postloan.rules.warning_files import warning_file, with_version  # noqa: PLC0415

    standing = standing_rules(load_rulebook(home))
    rules = [each.rule for each in standing.values() if each.category == "repayment"]
    levels = [{"level": "red", "when": when}]
    changed = [
        type(rule).model_validate(rule.model_dump() | {"levels": levels}) if rule.id == SIGNAL else rule
        for rule in rules
    ]
    path.write_bytes(with_version(warning_file(home, "repayment"), date(2021, 6, 1), changed, says="by hand"))


def test_a_proposal_whose_rule_was_changed_meanwhile_is_refused(home: Path, next_day: date) -> None:
    change = proposed(saved(begun("edit", SIGNAL), written(SIGNAL, red=LARGE)))
    edit_by_hand(home, "exposure_cents > 7")
    with pytest.raises(RuleOvertaken, match=SIGNAL):
        decided(change)
    assert RuleChange.objects.get(pk=change.pk).state == "proposed"
    assert Case.objects.get(pk=change.case_id).state == "open"
    assert decided(change, verdict="refuse").state == "refused"


def test_an_approval_that_was_overtaken_comes_back_as_work(home: Path, next_day: date) -> None:
    change = approved(written(SIGNAL, red=LARGE), "edit")
    other = approved(written("BK-RPY-01", red=LARGE))
    edit_by_hand(home, "exposure_cents > 7")
    assert rules_hand_over(next_day) == 1
    assert RuleChange.objects.get(pk=change.pk).state == "overtaken"
    assert RuleChange.objects.get(pk=other.pk).state == "adopted"
    assert WorkItem.objects.filter(subject=change.subject, officer=change.author).count() == 1
    assert standing_rules(load_rulebook(home))[SIGNAL].rule.levels[0].when == "exposure_cents > 7"


def test_a_file_that_somebody_wrote_into_is_not_overwritten(home: Path, next_day: date, monkeypatch) -> None:
    approved(written("BK-RPY-01", red=LARGE))
    with monkeypatch.context() as patch:
        patch.setattr(adoption, "_put", lambda _file: None)
        rules_hand_over(next_day)
    edit_by_hand(home, "exposure_cents > 7")
    with pytest.raises(RuleOvertaken):
        rules_hand_over(next_day)
