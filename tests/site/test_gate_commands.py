"""`postloan gate verify` as an auditor runs it: with the file alone, without the bank's database."""

import json
from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner, Result

from contact_written import Written, instant
from postloan.plan.contact.judging import Ask
from postloan.plan.contact.ledger import Entry, Head, hash_of, write_ledger
from postloan.site.cli import app

CALL = Ask("D1", "own", "call", "collect")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def exported(path: Path, *, late: bool = False) -> list[Entry]:
    written = Written(instant("2026-03-01 09:00"))
    entry, _answer = written.ask(instant("2026-03-03 10:00"), CALL)
    written.outcome(instant("2026-03-03 10:05"), entry, "connected")
    written.ask(instant("2026-03-03 22:30"), CALL)
    if late:
        written.force(instant("2026-03-03 22:40"), CALL)
    last = written.entries[-1]
    write_ledger(path, written.entries, Head(last.seq, last.hash))
    return written.entries


def test_a_whole_ledger_holds(tmp_path: Path) -> None:
    entries = exported(tmp_path / "ledger")
    shown = run("--lang", "en", "gate", "verify", tmp_path / "ledger")
    assert shown.exit_code == 0, shown.output
    assert "2 asks, 1 allowed" in shown.output
    assert "no contact was made outside the rules" in shown.output
    told = json.loads(run("gate", "verify", tmp_path / "ledger", "--json").output)
    assert told["head"] == {"seq": entries[-1].seq, "hash": entries[-1].hash}
    assert told["faults"] == []
    kept = f"{entries[-1].seq}:{entries[-1].hash}"
    assert run("gate", "verify", tmp_path / "ledger", "--head", kept).exit_code == 0
    assert run("gate", "verify", tmp_path / "ledger", "--head", "9:" + "0" * 64).exit_code == 1
    assert run("gate", "verify", tmp_path / "ledger", "--head", "nine").exit_code != 0


def test_a_call_outside_the_hours_is_found(tmp_path: Path) -> None:
    exported(tmp_path / "ledger", late=True)
    shown = run("--lang", "zh", "gate", "verify", tmp_path / "ledger")
    assert shown.exit_code == 1
    assert "违规" in shown.output
    assert "refuse it: hours" in shown.output


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("{}\n", encoding="utf-8")
    assert "PL-D52" in run("gate", "verify", tmp_path / "ledger").output
    assert "PL-D52" in run("gate", "verify", tmp_path / "nowhere").output


def test_two_people_are_looked_for(tmp_path: Path) -> None:
    written = Written(instant("2026-03-01 09:00"))
    alone = written.weaken(instant("2026-03-02 09:00"), "consent", party="D1", consent="Z", until="2026-03-09")
    alone = replace(alone, officer="a")
    written.entries[-1] = replace(alone, hash=hash_of(alone))
    last = written.entries[-1]
    write_ledger(tmp_path / "ledger", written.entries, Head(last.seq, last.hash))
    [fault] = json.loads(run("gate", "verify", tmp_path / "ledger", "--json").output)["faults"]
    assert fault == {"seq": last.seq, "kind": "breach", "fault": "takes protection away on the word of one person"}
