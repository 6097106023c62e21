"""The words of the report of legal clocks, Chinese and English."""

from postloan.tables.said import SAID

_COLUMNS = {
    "clock": ("时限", "Clock"),
    "guarantor_id": ("保证人", "Guarantor"),
    "asset_id": ("财产编号", "Thing"),
    "began_on": ("起算日", "Runs from"),
    "restarted_on": ("重新起算日", "Runs anew from"),
    "touched_by": ("中断或保全事项", "Interrupted or kept by"),
    "clock_state": ("状态", "State"),
    "ends_on": ("届满日", "Last day"),
    "days_left": ("剩余\n天数", "Days\nleft"),
    "clock_keeps": ("保全措施", "What keeps it"),
}

CLOCK_REPORT_WORDS: dict[str, tuple[str, str]] = {
    **{f"clocks.column.{name}": said for name, said in _COLUMNS.items()},
    **{f"clocks.column.{state}": said for state, said in SAID["clock_state"].items()},
    **{f"{kind}.{name}": said for kind in ("clock", "clock_state", "clock_keeps") for name, said in SAID[kind].items()},
    "clock.total": ("合计", "Total"),
    "sheet.clocks": ("法律时限", "Legal clocks"),
    "sheet.clocks_by_state": ("法律时限 · 按状态", "Legal clocks by state"),
}
