"""Taking the steps of a case: agree, return, refuse; and work for whoever the next step waits for.

A desk's own action calls these in its own transaction, with the row of the case held: the case moves and the desk's
record moves, or neither does.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.approval.models import Case, CaseStep
from postloan.desk.core.actions import check_seen, forbid_same_person, move, record, require, require_reason
from postloan.desk.core.authority import officers_for
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Officer, Org, WorkItem
from postloan.desk.core.work.actions import work_close_all, work_open
from postloan.errors import FormWrong, IllegalMove, NotFoundHere, SamePerson
from postloan.rules.desk_approvals import ApprovalChain, Approvals
from postloan.rules.desk_rules import load_desk_rules

WAITS = "approval_due"
_BATCH = 1000

AGREE, REFUSE = "agree", "refuse"
"""What a page may say of the step that a case waits for."""


def case_new(
    chain: ApprovalChain, *, subject: str, title: str, page: str, org_id: str, amount_cents: int, on: date, run_id: str
) -> Case:
    """Draw a case up, waiting for its first step; it is not saved yet."""
    steps = chain.steps_for(amount_cents)
    return Case(
        kind=chain.kind, subject=subject, title=title[:200], page=page, org_id=org_id, amount_cents=amount_cents, on=on,
        run_id=run_id, steps=[step.model_dump() for step in steps], waits_for=steps[0].action, state=Case.State.OPEN,
        due_on=on + timedelta(days=chain.due_in_days),
    )  # fmt: skip


def case_drawn_up(
    kind: str, *, subject: str, title: str, page: str, org_id: str, amount_cents: int, day: BusinessDay
) -> Case:
    """Draw a case up by the chain that the day's rules have for a kind; it is not saved yet."""
    chain = load_desk_rules(day.home).version("approvals", Approvals, day.on).chain(kind)
    return case_new(
        chain, subject=subject, title=title, page=page, org_id=org_id, amount_cents=amount_cents, on=day.on,
        run_id=day.run_id,
    )  # fmt: skip


def case_held(case_id: int) -> Case:
    """Find a case and hold its row until the transaction ends. Raises NotFoundHere."""
    found = Case.objects.select_for_update(of=("self",)).select_related("org").filter(pk=case_id).first()
    if found is None:
        raise NotFoundHere(message=_("没有这个审批事项。"), hint=_("请从列表进入。"))
    return found


def cases_follow(offices: Mapping[str, str], *, on: date) -> None:
    """Let open cases wait in the office that the book moved their debtor to: whoever may there takes the next step.

    offices  by subject, the number of its office now. The caller holds the transaction and records.
    """
    for held in Case.objects.select_for_update(of=("self",)).filter(subject__in=offices, state=Case.State.OPEN):
        held.org = Org.objects.get(pk=offices[held.subject])
        held.save(update_fields=["org"])
        case_work(held, on=on)


def step_agree(
    officer: Officer, case: Case, *, seen_version: int, on: date, run_id: str, opinion: str = "", reason: str = ""
) -> None:
    """Take the step that a case waits for. The caller holds the row.

    Permission  the step's action, in the case's office, for its amount; nobody who took another step of the case.
    Move        open -> open, waiting for the next step; open -> approved after the last.
    Leaves      a CaseStep and an audit entry.
    Raises NotPermitted, SamePerson, StaleView, IllegalMove.
    """
    place, action = case.at_step, _check(officer, case, seen_version)
    is_last = case.is_at_last_step
    before = move(case, Case.State.APPROVED if is_last else Case.State.OPEN, seen_version=seen_version)
    _to_step(case, place + 1, on)
    _note(officer, case, place, action, CaseStep.Verdict.AGREED, opinion=opinion, reason=reason)
    record(officer, action, case, org=case.org, run_id=run_id, reason=reason, before=before, after=case.state,
           opinion=opinion, subject_of=case.subject, step=place + 1)  # fmt: skip


def step_first(officer: Officer, case: Case, *, reason: str, day: BusinessDay) -> Case:
    """Take the first step of a case that was just saved: whoever proposes agrees. Returns the case, its row held."""
    held = case_held(case.pk)
    step_agree(officer, held, seen_version=held.version, on=day.on, run_id=day.run_id, reason=reason)
    return held


def verdict_take(
    officer: Officer, case: Case, verdict: str, *, seen_version: int, reason: str, day: BusinessDay
) -> None:
    """Take the step that a case waits for as a page says it: AGREE or REFUSE. The caller holds the row.

    Raises what step_agree and case_refuse raise; FormWrong for any other verdict.
    """
    if verdict == AGREE:
        step_agree(officer, case, seen_version=seen_version, on=day.on, run_id=day.run_id, reason=reason.strip())
    elif verdict == REFUSE:
        case_refuse(officer, case, seen_version=seen_version, run_id=day.run_id, reason=reason)
    else:
        raise FormWrong(message=_("没有这种结论。"), hint=_("请使用页面上的按钮。"), where={"field": "verdict"})


def step_return(officer: Officer, case: Case, *, seen_version: int, on: date, run_id: str, reason: str) -> None:
    """Give a case back to the step before, with a reason. The caller holds the row.

    Permission  as for the step itself. Raises what step_agree raises, ReasonMissing, IllegalMove at the first step.
    """
    reason = require_reason(reason)
    place, action = case.at_step, _check(officer, case, seen_version)
    if place == 0:
        raise IllegalMove(
            message=_("第一个环节没有可以退回的对象。"), hint=_("请填写意见后提交。"), where={"case": case.pk}
        )
    move(case, Case.State.OPEN, seen_version=seen_version)
    _to_step(case, place - 1, on)
    _note(officer, case, place, action, CaseStep.Verdict.RETURNED, reason=reason)
    record(officer, f"{action}.returned", case, org=case.org, run_id=run_id, reason=reason, subject_of=case.subject,
           step=place + 1)  # fmt: skip


def case_refuse(officer: Officer, case: Case, *, seen_version: int, run_id: str, reason: str) -> None:
    """Turn a case down for good, with a reason. The caller holds the row. Raises what step_return raises."""
    reason = require_reason(reason)
    place, action = case.at_step, _check(officer, case, seen_version)
    before = move(case, Case.State.REFUSED, seen_version=seen_version)
    case.waits_for = ""
    case.save(update_fields=["waits_for"])
    _note(officer, case, place, action, CaseStep.Verdict.REFUSED, reason=reason)
    record(officer, f"{action}.refused", case, org=case.org, run_id=run_id, reason=reason, before=before,
           after=case.state, subject_of=case.subject)  # fmt: skip


def steps_agree_all(
    officer: Officer, cases: Sequence[Case], *, subject: str, on: date, run_id: str, opinion: str
) -> None:
    """Take the same step of many open cases at once; one audit entry names them all. The caller holds the rows.

    Permission  as for each alone, asked once an office for the largest amount. Raises NotPermitted, SamePerson.
    """
    _check_all(officer, cases)
    now = timezone.now()
    CaseStep.objects.bulk_create(
        [
            CaseStep(case=case, place=case.at_step, action=case.waits_for, verdict=CaseStep.Verdict.AGREED,
                     officer=officer, at=now, opinion=opinion)
            for case in cases
        ],
        batch_size=_BATCH,
    )  # fmt: skip
    alike: dict[tuple[int, str], list[int]] = defaultdict(list)
    for case in cases:
        following = "" if case.is_at_last_step else str(case.steps[case.at_step + 1]["action"])
        alike[case.at_step + 1, following].append(case.pk)
    for (place, following), keys in alike.items():
        state = Case.State.OPEN if following else Case.State.APPROVED
        for start in range(0, len(keys), _BATCH):
            part = Case.objects.filter(pk__in=keys[start : start + _BATCH])
            part.update(at_step=place, waits_for=following, state=state, version=F("version") + 1)
    record(officer, f"{cases[0].waits_for}.all", subject, org=cases[0].org, run_id=run_id, opinion=opinion, on=on,
           count=len(cases), amount_cents=sum(case.amount_cents for case in cases),
           cases=sorted(case.pk for case in cases))  # fmt: skip


def _check(officer: Officer, case: Case, seen_version: int) -> str:
    """What the case waits for, once it is sure that the page was not old and the officer may do it."""
    check_seen(case, seen_version)
    action = case.waits_for
    if not action:
        raise IllegalMove(
            message=_("这个事项已经办结。"), hint=_("请刷新页面。"), where={"record": case.pk, "state": case.state}
        )
    require(officer, action, org=case.org, amount_cents=case.amount_cents)
    others = case.taken.exclude(place=case.at_step).select_related("officer")
    forbid_same_person(officer, others=[step.officer for step in others])
    return action


def _check_all(officer: Officer, cases: Sequence[Case]) -> None:
    largest: dict[tuple[str, str], int] = defaultdict(int)
    orgs: dict[str, Org] = {}
    for case in cases:
        orgs[case.org_id] = case.org
        key = (case.waits_for, case.org_id)
        largest[key] = max(largest[key], case.amount_cents)
    for (action, org_id), amount_cents in largest.items():
        require(officer, action, org=orgs[org_id], amount_cents=amount_cents)
    places = {case.pk: case.at_step for case in cases}
    had_a_hand = CaseStep.objects.filter(officer=officer, case__in=list(places)).values_list("case_id", "place")
    if any(places[case_id] != place for case_id, place in had_a_hand):
        raise SamePerson(
            message=_("%(officer)s 已经办过其中一些事项的前一环节，不能再办理这一环节。") % {"officer": officer},
            hint=_("请由另一位有权限的同事办理。"),
        )


def _to_step(case: Case, place: int, on: date) -> None:
    """Let a case wait for a step, as long as its chain allowed the first one."""
    allowed = case.due_on - case.on
    case.at_step = place
    case.waits_for = str(case.steps[place]["action"]) if place < len(case.steps) else ""
    case.due_on = max(case.due_on, on + allowed) if case.waits_for else case.due_on
    case.save(update_fields=["at_step", "waits_for", "due_on"])


def _note(
    officer: Officer, case: Case, place: int, action: str, verdict: str, *, opinion: str = "", reason: str = ""
) -> None:
    CaseStep.objects.create(
        case=case, place=place, action=action, verdict=verdict, officer=officer, at=timezone.now(), opinion=opinion,
        reason=reason,
    )  # fmt: skip


def case_work(case: Case, *, on: date, note: str = "") -> None:
    """Close the work of the step that was taken, and open it for everybody who may take the next one."""
    work_close_all(WAITS, f"case:{case.pk}:", on=on, note=note)
    if case.state != Case.State.OPEN:
        return
    taken = set(case.taken.exclude(place=case.at_step).values_list("officer_id", flat=True))
    may = officers_for(case.waits_for, org=case.org, amount_cents=case.amount_cents).exclude(pk__in=taken)
    work_open([
        WorkItem(
            kind=WAITS, subject=f"case:{case.pk}:{officer.pk}", title=case.title, page=case.page, org_id=case.org_id,
            officer=officer, due_on=case.due_on, amount_cents=case.amount_cents, opened_on=on,
            told="{zh} {en}".format(**case.steps[case.at_step]), state=WorkItem.State.OPEN,
        )
        for officer in may
    ])  # fmt: skip
