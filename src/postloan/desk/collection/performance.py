"""How well collection goes: by team and collector, from bucket to bucket, and what trials came to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from postloan.desk.collection.models import Collected, CollectionCase, CollectionEntry, Promise, Roll
from postloan.desk.collection.opening.changes import CURED_BUCKET, GONE_BUCKET
from postloan.desk.collection.queries import named, rules_on
from postloan.desk.core.authority import within
from postloan.desk.core.models import Officer
from postloan.desk.core.pages import Desk
from postloan.plan.collection_result import Difference, Side, difference
from postloan.rules.collection import CHALLENGER, CHAMPION, Collection, Trial
from postloan.tables.units import BUCKETS

_COLOURS = {"cured": "#2f9e62", "better": "#7cc79b", "same": "#c3c8d1", "worse": "#d63939"}
Key = tuple[str, int | None]


@dataclass
class Line:
    """What a collector, or a whole team, did in a time; a case counts as cured with whoever it was assigned to."""

    team: str
    officer: str
    contacts: int = 0
    reached: int = 0
    promises: int = 0
    kept: int = 0
    judged: int = 0
    collected_cents: int = 0
    cured: int = 0
    running: int = 0
    is_team: bool = False

    @property
    def reached_share(self) -> float | None:
        """Of the contacts, how many reached the debtor."""
        return self.reached / self.contacts if self.contacts else None

    @property
    def kept_share(self) -> float | None:
        """Of the promises whose day came, how many were kept."""
        return self.kept / self.judged if self.judged else None

    @property
    def cure_share(self) -> float | None:
        """Of the cases that ran or were cured in the time, how many were cured."""
        whole = self.cured + self.running
        return self.cured / whole if whole else None


@dataclass(frozen=True)
class TrialTold:
    """A trial with its two sides, and by how much the challenger is better."""

    trial: Trial
    said: str
    champion: Side
    challenger: Side
    difference: Difference | None


@dataclass(frozen=True)
class RollLine:
    """Where the cases of a team and bucket went in a time."""

    team: str
    bucket: str
    count: int
    shares: dict[str, float] = field(default_factory=dict)


def lines_of(desk: Desk, begins_on: date, ends_on: date) -> list[Line]:
    """By team and collector, each team first: contacts, promises, what was collected and cured between two days."""
    rules, within_days = rules_on(desk), {"on__gte": begins_on, "on__lte": ends_on}
    reached = [rule.outcome for rule in rules.outcomes if rule.contact == "connected"]
    lines: dict[Key, Line] = {}
    names = dict(Officer.objects.values_list("pk", "name"))

    def put(rows: Iterable[Mapping[str, Any]], who: str, *fields: str) -> None:
        for row in rows:
            officer = row[who]
            for key, is_team in (((row["team"], officer), False), ((row["team"], -1), True)):
                said = "" if is_team else names.get(officer, _("未分配"))
                line = lines.setdefault(key, Line(named(rules, "team", row["team"]), said, is_team=is_team))
                for name in fields:
                    setattr(line, name, getattr(line, name) + (row[name] or 0))

    entries = CollectionEntry.objects.filter(step="contact", **within_days).exclude(outcome="not_made")
    contacts = within(entries, desk.scope, "case__org").order_by().values("team", "officer")
    put(contacts.annotate(contacts=Count("pk"), reached=Count("pk", filter=Q(outcome__in=reached))), "officer",
        "contacts", "reached")  # fmt: skip
    promises = within(Promise.objects.all(), desk.scope).order_by().values("team", "made_by")
    made = promises.filter(made_on__gte=begins_on, made_on__lte=ends_on)
    put(made.annotate(promises=Count("pk")), "made_by", "promises")
    judged = promises.filter(judged_on__gte=begins_on, judged_on__lte=ends_on).exclude(state="replaced")
    put(judged.annotate(judged=Count("pk"), kept=Count("pk", filter=Q(state="kept"))), "made_by", "judged", "kept")
    came = within(Collected.objects.filter(**within_days), desk.scope, "case__org").order_by()
    put(came.values("team", "officer").annotate(collected_cents=Sum("amount_cents")), "officer", "collected_cents")
    cases = within(CollectionCase.objects.all(), desk.scope).order_by().values("team", "officer")
    is_cured = Q(closed_why="cured", closed_on__gte=begins_on, closed_on__lte=ends_on)
    put(cases.filter(is_cured).annotate(cured=Count("pk")), "officer", "cured")
    put(cases.filter(state__in=CollectionCase.RUNNING).annotate(running=Count("pk")), "officer", "running")
    return sorted(lines.values(), key=lambda line: (line.team, not line.is_team, -line.collected_cents, line.officer))


def rolls_told(desk: Desk, begins_on: date, ends_on: date) -> list[RollLine]:
    """From which bucket to where the cases of each team went, as the nights counted them."""
    rules = rules_on(desk)
    seen = within(Roll.objects.filter(on__gte=begins_on, on__lte=ends_on), desk.scope).order_by()
    rows = seen.values("team", "bucket", "bucket_to")
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows.annotate(n=Sum("case_count")):
        sums[row["team"], row["bucket"]][_where_to(row["bucket"], row["bucket_to"])] += row["n"]
    told = []
    for (team, bucket), went in sorted(sums.items()):
        whole = sum(went.values())
        shares = {name: went[name] / whole for name in _COLOURS}
        told.append(RollLine(named(rules, "team", team), bucket, whole, shares))
    return told


def _where_to(bucket: str, bucket_to: str) -> str:
    if bucket_to == CURED_BUCKET:
        return "cured"
    if bucket_to == GONE_BUCKET or BUCKETS.index(bucket_to) > BUCKETS.index(bucket):
        return "worse"
    return "same" if bucket_to == bucket else "better"


def roll_chart(lines: list[RollLine]) -> dict[str, Any]:
    """Draw where the cases of each team and bucket went, in per cent."""
    said = {"cured": _("出催"), "better": _("好转"), "same": _("不变"), "worse": _("恶化")}
    return {
        "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "grid": {"left": 12, "right": 24, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [f"{line.team} {line.bucket}" for line in lines]},
        "yAxis": {"type": "value", "name": "%", "max": 100},
        "series": [
            {"name": words, "type": "bar", "stack": "all", "itemStyle": {"color": _COLOURS[name]},
             "data": [round(line.shares[name] * 100, 1) for line in lines]}
            for name, words in said.items()
        ],
    }  # fmt: skip


def trials_told(desk: Desk) -> list[TrialTold]:
    """What each trial came to: of the debtors that it had time for, the share cured in that time on each side."""
    rules = rules_on(desk)
    return [_told(desk, rules, trial) for trial in rules.trials]


def _told(desk: Desk, rules: Collection, trial: Trial) -> TrialTold:
    counts, cured = {CHAMPION: 0, CHALLENGER: 0}, {CHAMPION: 0, CHALLENGER: 0}
    cases = within(CollectionCase.objects.filter(trial=trial.trial), desk.scope)
    for arm, opened_on, closed_on, why in cases.values_list("arm", "opened_on", "closed_on", "closed_why"):
        if (desk.day.on - opened_on).days < trial.cured_in_days:
            continue
        counts[arm] += 1
        cured[arm] += why == "cured" and (closed_on or desk.day.on) <= opened_on + timedelta(trial.cured_in_days)
    champion, challenger = (Side(counts[arm], cured[arm]) for arm in (CHAMPION, CHALLENGER))
    held = difference(champion, challenger, trial.confidence_e8)
    return TrialTold(trial, named(rules, "trial", trial.trial), champion, challenger, held)
