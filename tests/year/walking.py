"""The year as it is lived: each day loaded, decided upon, computed, adopted; some corrected, some commands cut."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import polars as pl
from a_bank_that_lives import BEGINS_ON, LivingBank, Tables
from django.db import connections
from invariants import InvariantBrokenError, Seen, check
from power_cuts import cut
from versions_compared import compared

from feeds import write_feed
from postloan.desk.core.actions import decide, decision_withdraw
from postloan.desk.core.days import BusinessDay
from postloan.desk.core.models import Decision, Org
from postloan.desk.core.officers.actions import officer_open, orgs_adopt
from postloan.desk.worklist.actions import snapshot_adopt
from postloan.intake.load import load_feeds
from postloan.night.closing import close
from postloan.night.run import Published, run_night
from postloan.plan.dossier import office_rows
from postloan.plan.month_ends import is_month_end
from postloan.rules.desk_rules import load_desk_rules
from postloan.site.serving import hand_over
from postloan.snapshot.files import hash_of
from postloan.snapshot.publish import snapshot_folder
from postloan.snapshot.read import published_run, published_versions, read_loans

_ESTABLISHED = {"evidence": "file 7", "approver": "officer 9"}
_BY_THREE = {"proposed_by": "officer 1", "determined_by": "officer 2", "approved_by": "officer 3"}
_TERMS: dict[str, dict[str, str]] = {
    "misuse": _ESTABLISHED, "impairment": _ESTABLISHED | {"expected_loss": "0.6"}, "rating_fall": _ESTABLISHED,
    "evasion": _ESTABLISHED, "bankruptcy": _ESTABLISHED, "upgrade": _BY_THREE | {"ability": "pays"},
    "manual_tier": _BY_THREE | {"tier": "doubtful", "reason": "seen"},
    "technical_delay": _ESTABLISHED | {"cause": "operational"},
    "restructure": {"difficulty": "overdue", "adjustment": "easier_plan"},
    "waiver": {"component": "penalty", "amount": "1.00"},
}  # fmt: skip
_ENDLESS = {"upgrade", "restructure", "waiver"}
_KNOWN = (
    "loan_id", "status", "next_due_on", "outstanding_cents", "overdue_principal_cents", "overdue_interest_cents",
    "overdue_fee_cents", "penalty_cents", "compound_cents",
)  # fmt: skip
_COMMANDS = ("load", "hand-over", "correct", "night", "adopt")
_DECISIONS_A_DAY, _CORRECTED_SHARE, _TOLD_EVERY = 0.0015, 0.06, 10


class Year:
    """A year of a bank.

    on       the business date that is at work.
    touched  by day, the loans of which something is told or ends on it, so that their days past due may jump.
    runs     every run published, with the hash of its manifest.
    """

    def __init__(self, folder: Path, loans: int, nights: int, seed: int, *, cuts: int, pool: Executor | None) -> None:
        self.folder, self.home, self.pool = folder, folder / "home", pool
        self.bank, self.chance = LivingBank(loans, nights, seed), random.Random(seed + 1)  # noqa: S311
        self.on: date = BEGINS_ON
        self.before_on: date | None = None
        self.days = [BEGINS_ON + timedelta(days=at) for at in range(1, nights + 1)]
        cut_days = self.chance.sample(self.days, min(cuts, nights))
        commands = self.chance.sample(_COMMANDS, len(_COMMANDS))
        self.cuts = {day: commands[at % len(commands)] for at, day in enumerate(cut_days)}
        self.touched: dict[date, set[str]] = {}
        self.runs: dict[str, str] = {}
        self.counts: Counter[str] = Counter()

    def lived(self) -> Iterator[str]:
        """Live the year; tell how it goes. Raises InvariantBrokenError."""
        self._load(BEGINS_ON, self.bank.take_on(), modes="full")
        orgs_adopt(office_rows(self.home).to_dicts())
        head = Org.objects.get(pk="000")
        self.officer = officer_open(None, username="year", name="year", password=None, org=head)
        began = time.monotonic()
        for number, on in enumerate(self.days, start=1):
            told = self._day(on)
            if told or number % _TOLD_EVERY == 0 or number == len(self.days):
                pace = (time.monotonic() - began) / number
                yield f"{on}  night {number}/{len(self.days)}  {pace:.2f} s a night  {self.counted()}{told}"

    def counted(self) -> str:
        """What has happened so far."""
        return ", ".join(f"{count:,} {name}" for name, count in sorted(self.counts.items()))

    def seen(self) -> Seen:
        """What there is to look at after the last night."""
        return Seen(self.home, self.bank, self.on, self.before_on, self.touched.get(self.on, set()), self.runs)

    def _day(self, on: date) -> str:
        self.before_on, self.on = (self.on if self.counts["nights"] else None), on
        said: list[str] = []
        known = read_loans(self.home, self.before_on, _KNOWN) if self.before_on else pl.DataFrame()
        said += self._load(on, self.bank.day(on, known))
        if self.before_on:
            self._decide(on)
        said += self._hand_over(on)
        if self._is_middle or self.cuts.get(on) == "correct" or self.chance.random() < _CORRECTED_SHARE:
            said += self._correct(on)
        said += self._night(on)
        said += self._adopt(on)
        check(self.seen())
        if self._is_middle or is_month_end(on):
            close(self.home, on, by="year", note="as it is", closed_at=f"{on}T20:00:00+08:00")
            self.counts["closings"] += 1
        return "".join(f"; {each}" for each in said)

    @property
    def _is_middle(self) -> bool:
        """The day on which a year has a correction and a closing, however short it is."""
        return self.on == self.days[len(self.days) // 2]

    def _cut(self, name: str, arguments: list[str]) -> list[str]:
        """Cut a command; hold the home it leaves against that of a calm one."""
        connections.close_all()
        told, found = cut(self.home, arguments, self.chance, self.folder)
        self.counts["power cuts"] += 1
        if found:
            raise InvariantBrokenError(
                "a_command_cut_and_run_again_is_as_an_undisturbed_one", [f"{name}: {told}", *found]
            )
        return [f"{name} {told}"]

    def _load(self, on: date, tables: Tables, *, modes: str = "increment", again: int = 0) -> list[str]:
        tables = {table: rows for table, rows in tables.items() if rows}
        for row in tables.get("payment", []):
            self._touch(row["loan_id"], self.on)
        if not tables:
            return []
        place = self.folder / "core" / f"{again:04d}"
        feed = write_feed(place, on, tables, modes=dict.fromkeys(tables, modes))
        is_cut = self.cuts.get(self.on) == ("correct" if again else "load")
        if is_cut:
            return self._cut("load", ["load", str(feed), *(["--correct"] if again else [])])
        (report,) = load_feeds(self.home, feed, shards=2, correct=bool(again))
        if report.quarantined:
            raise InvariantBrokenError("every_row_is_accepted", [str(report.tables)])
        return []

    def _decide(self, on: date) -> None:
        active = [each["loan_id"] for each in self.bank.lent(on - timedelta(days=1))]
        for _ in range(sum(self.chance.random() < _DECISIONS_A_DAY for _ in active)):
            key = UUID(int=self.chance.getrandbits(128), version=4)
            made = Decision.objects.filter(withdraws=None, withdrawn_by=None).order_by("pk")
            if made and self.chance.random() < 0.15:
                taken_back = self.chance.choice(list(made))
                decision_withdraw(taken_back, decision_id=key, reason="a slip", officer=self.officer)
                self._touch(taken_back.loan_id, on)
                self.counts["withdrawals"] += 1
                continue
            loan_id, kind = self.chance.choice(active), self.chance.choice([*_TERMS])
            ends_on = None if kind in _ENDLESS else on + timedelta(days=self.chance.choice([3, 12, 40, 90]))
            decide(
                decision_id=key, kind=kind, loan_id=loan_id, debtor_id="", effective_on=on, ends_on=ends_on,
                terms=_TERMS[kind], officer=self.officer,
            )  # fmt: skip
            for day in (on, ends_on, ends_on + timedelta(days=1)) if ends_on else (on,):
                self._touch(loan_id, day)
            self.counts["decisions"] += 1

    def _hand_over(self, on: date) -> list[str]:
        if self.cuts.get(on) == "hand-over":
            return self._cut("hand-over", ["hand-over", "--on", str(on)])
        if refused := hand_over(self.home, on)["refused"]:
            raise InvariantBrokenError("every_row_is_accepted", [f"{refused} decisions"])
        return []

    def _correct(self, on: date) -> list[str]:
        found = self.bank.correction(on)
        if found is None:
            return []
        day, tables, wrong = found
        self.touched.setdefault(on, set()).update(wrong)
        self.counts["corrections"] += 1
        said = self._load(day, tables, again=self.counts["corrections"])
        versions = published_versions(self.home, day)
        night = self._computed(day)
        if night.version != len(versions) + 1 or published_versions(self.home, day)[:-1] != versions:
            raise InvariantBrokenError("a_correction_makes_a_version_beside", [f"{day}: {versions}, {night.version}"])
        self.run_again(day)
        compared(self.home, day, versions[-1], night.run_id)
        if self.chance.random() < 0.3:
            back = self._computed(day, known_on=day)
            if back.run_id != versions[0] or self._computed(day).run_id != night.run_id:
                raise InvariantBrokenError("what_was_known_then_is_the_version_of_then", [str(day)])
            self.counts["looks back"] += 1
        return said

    def run_again(self, day: date) -> None:
        """Compute a day once more with nothing new. Raises InvariantBrokenError where that makes a version."""
        versions, pointer = published_versions(self.home, day), self.home / "snapshots" / f"{day}.json"
        said = pointer.read_bytes()
        if (
            not self._computed(day).was_there
            or published_versions(self.home, day) != versions
            or (pointer.read_bytes() != said)
        ):
            raise InvariantBrokenError("a_bare_night_makes_no_version", [str(day)])

    def _night(self, on: date) -> list[str]:
        said = []
        if self.cuts.get(on) == "night":
            said = self._cut("night", ["night", str(on), "--workers", "0"])
            self._noted(str(published_run(self.home, on)))
        else:
            self._computed(on)
        self.counts["nights"] += 1
        return said

    def _computed(self, day: date, known_on: date | None = None) -> Published:
        night = run_night(self.home, day, known_on=known_on, pool=self.pool)
        self._noted(night.run_id)
        return night

    def _noted(self, run: str) -> None:
        self.runs.setdefault(run, hash_of(snapshot_folder(self.home, run) / "manifest.json"))

    def _adopt(self, on: date) -> list[str]:
        if self.cuts.get(on) == "adopt":
            return self._cut("adopt", ["adopt"])
        # The deed alone: the command, which a cut runs whole, also counts for the cockpit what nobody opens here.
        run = str(published_run(self.home, on))
        snapshot_adopt(BusinessDay(self.home, on, run, on), load_desk_rules(self.home))
        return []

    def _touch(self, loan_id: str, on: date) -> None:
        self.touched.setdefault(on, set()).add(loan_id)
