"""What a report calls its sheets, its columns and the words in its cells, in a language."""

from postloan.desk.report.form import Column, Report, Row, Sheet, Snapshot
from postloan.desk.report.words.said import ReportWords


def sheet_title(report: Report, sheet: Sheet, words: ReportWords) -> str:
    """Name a sheet with its grouping and its day or days."""
    if report.by and sheet.on_screen:
        named = words(f"sheet.by_{report.by}", sheet=words(f"sheet.{report.name}"))
    else:
        named = words(f"sheet.{sheet.name}")
    if report.before is None:
        return words("report.on", sheet=named, on=report.snapshot.on)
    return words("report.between", sheet=named, before=report.before.on, on=report.snapshot.on)


def source_line(snapshot: Snapshot, words: ReportWords) -> str:
    """Say in one line which snapshot a report was counted from."""
    return words("report.source", on=snapshot.on, known_on=snapshot.known_on, run=snapshot.run_id)


def column_header(report: Report, column: Column, words: ReportWords) -> str:
    """Name a column: by the report's own word or the common one, or as it stands where it is a figure."""
    return column.said or words.first(f"{report.name}.column.{column.name}", f"column.{column.name}")


def said_word(column: Column, line: Row, words: ReportWords) -> str:
    """Say a cell of words: what stands in a closed list is translated, and so is every line that is not an item."""
    cell = line[column.name]
    word = None if cell is None else str(cell)
    is_item = line["row"] == "item"
    if column.kind == "text" and (is_item or word is None):
        return word or ""
    return words.of(column.name, word)
