"""Draw the pictures of the README from a demo bank: its tiers, and why a doubtful loan is doubtful.

python examples/pictures.py HOME PICTURES_DIR, after: postloan demo --home HOME
"""

import io
import re
import sys
from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console

from postloan.desk.report.ask import last_published
from postloan.desk.report.tiers import tiers
from postloan.desk.report.words.said import LANGUAGES, Language
from postloan.site.tables_on_screen import show_report
from postloan.site.why_screen import show_why
from postloan.site.words import Words
from postloan.snapshot.read import scan_loans

WIDTH = 100
FONTS = "'Fira Code', 'Sarasa Mono SC', 'Noto Sans Mono CJK SC', Menlo, Consolas, monospace"


def main(home: Path, pictures: Path) -> None:
    """Write demo.svg in English and demo.zh.svg in Chinese."""
    on = last_published(home)
    loan_id = a_doubtful_loan(home, on)
    pictures.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        name = "demo.svg" if language == "en" else f"demo.{language}.svg"
        (pictures / name).write_text(drawn(home, on, loan_id, language), encoding="utf-8")
        print(pictures / name)


def a_doubtful_loan(home: Path, on: date) -> str:
    """The first loan that is doubtful."""
    doubtful = scan_loans(home, on).filter((pl.col("status") == "active") & (pl.col("tier") == "doubtful"))
    found = doubtful.sort("loan_no").select("loan_id").head(1).collect()
    if found.is_empty():
        sys.exit(f"No loan is doubtful on {on}: draw from a larger demo bank.")
    return str(found.item())


def drawn(home: Path, on: date, loan_id: str, language: Language) -> str:
    """The two screens as SVG, without the web font that Rich would fetch from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), markup=False, highlight=False, force_terminal=True)
    console.print(f"$ postloan report tiers --on {on}\n", style="bold")
    show_report(tiers(home, on), Words(language), console)
    console.print(f"\n$ postloan why {loan_id} --on {on}\n", style="bold")
    show_why(home, loan_id, on, language, console)
    svg = console.export_svg(title="postloan", unique_id="postloan")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONTS}", svg)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
