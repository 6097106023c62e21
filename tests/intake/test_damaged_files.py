"""Files that are not what they say are refused, with the place, and nothing of the day is kept."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from delivering import Bank

from feeds import small_bank
from postloan.errors import FeedUnreadable
from postloan.intake.scan import RECORD_BYTES_MAX, scan_csv


@pytest.mark.parametrize("kept", [0, 4, 100, -1, -200])
def test_a_truncated_parquet_is_refused(opened: Bank, kept: int) -> None:
    folder = opened.deliver(small_bank(), form="parquet")
    path = folder / "payment.parquet"
    path.write_bytes(path.read_bytes()[:kept])
    assert opened.refused(FeedUnreadable, folder).where["file"] == path


def test_a_parquet_with_flipped_bytes_is_refused_or_read(opened: Bank) -> None:
    folder = opened.deliver({"payment": small_bank()["payment"] * 50}, form="parquet")
    path = folder / "payment.parquet"
    good, dice, refusals = path.read_bytes(), random.Random(1), 0  # noqa: S311
    for _ in range(20):
        spoilt = bytearray(good)
        for at in dice.sample(range(len(good) // 2, len(good) - 8), 6):
            spoilt[at] ^= 0xFF
        path.write_bytes(spoilt)
        try:
            opened.load(folder, correct=True)
        except FeedUnreadable:
            refusals += 1
    assert refusals > 0


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "empty"),
        (b"\n", "fields|header|lacks|column"),
        (b"org_id,name,level\n000,head\n", "line 2"),
        (b"org_id,name,level\n000,a,head\n010,b,branch,x\n", "line 3"),
        (b"org_id,name,level\n000,a,head\n\n010,b,branch\n", "line 3"),
        (b'org_id,name,level\n000,"a\nb",head\n010,b\n', "line 4"),
        (b'org_id,name,level\n000,"a,head\n', "never closed"),
        (b"org_id,name,level\n000,a\x00,head\n", "zero byte in line 2"),
        (b"org_id,name,level\n000,\xff\xfe,head\n", "not written in utf-8"),
        (b"org_id,name,level\n000,a,head\n\xe6\x80", "not written in utf-8"),
    ],
)
def test_a_csv_that_is_no_table_is_refused_with_its_line(opened: Bank, content: bytes, complaint: str) -> None:
    folder = opened.deliver({"payment": small_bank()["payment"]})
    (folder / "org.csv").write_bytes(content)
    if content == b"\n":
        with pytest.raises(Exception, match=complaint):
            opened.load(folder)
        return
    assert complaint in str(opened.refused(FeedUnreadable, folder))


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_record_over_the_limit_is_refused(opened: Bank, quote: bytes) -> None:
    folder = opened.deliver({})
    field = quote + b"a\n"[: 2 if quote else 1] * RECORD_BYTES_MAX + quote
    (folder / "org.csv").write_bytes(b"org_id,name,level\n000,a,head\n010," + field + b",branch\n")
    assert "line 3" in str(opened.refused(FeedUnreadable, folder))


def test_a_field_of_a_gigabyte_costs_no_memory(opened: Bank) -> None:
    folder = opened.deliver({})
    with (folder / "org.csv").open("wb") as out:
        out.write(b"org_id,name,level\n000," + b"a" * (2 * RECORD_BYTES_MAX))
        out.truncate(1 << 30)
    script = (
        "import re, sys; from pathlib import Path; from postloan.intake.load import load_feeds\n"
        "try: load_feeds(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except Exception as refusal: code = refusal.code\n"
        "print(code, int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)\n"
    )
    command = [sys.executable, "-c", script, str(opened.home), str(folder)]
    # Not ru_maxrss: a child is charged with the peak of the process that started it.
    code, peak_mib = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert code == "PL-I01"
    assert int(peak_mib) < 400


def test_scanning_agrees_with_reading_whatever_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(2)  # noqa: S311
    cells = ["", "x", '"quoted, ""twice"" "', '"two\nlines"', "张三", '""']
    rows = [[dice.choice(cells) for _ in range(3)] for _ in range(200)]
    path = tmp_path / "org.csv"
    path.write_text("a,b,c\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    for size in (1, 2, 3, 7, 64, 1 << 20):
        monkeypatch.setattr("postloan.intake.scan.PIECE_BYTES", size)
        shape = scan_csv(path, "utf-8")
        assert (shape.header, shape.records) == (["a", "b", "c"], 200), size


def test_a_last_line_without_its_end_is_a_line(bank: Bank) -> None:
    folder = bank.deliver(small_bank())
    path = folder / "payment.csv"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert bank.load(folder)[0].tables["payment"].accepted == 5


def test_a_file_that_grows_while_it_is_loaded_is_refused(opened: Bank) -> None:
    folder = opened.deliver(small_bank())

    def grow(what: str, _done: int, _total: int) -> None:
        if what.endswith("payment"):
            with (folder / "payment.csv").open("ab") as out:
                out.write(b"P9,L1,2024-03-20,1.00,\n")

    assert "changed while" in str(opened.refused(FeedUnreadable, folder, tell=grow))
