"""The words of closing a day, Chinese and English."""

CLOSING_WORDS: dict[str, tuple[str, str]] = {
    "close.done": (
        "{on} 已结账：第 {version} 版，批次 {run}，数据截至 {known_on}（{loads} 次接入），确认人 {by}",
        "{on} is closed: version {version}, run {run}, known on {known_on} ({loads} loads), signed by {by}",
    ),
    "close.open": ("结账时未决：{items}", "Open when it was signed: {items}"),
    "close.hash": (
        "记录校验码 {hash}，请另行保存于系统之外",
        "Hash of the record {hash}; keep it in a place of its own",
    ),
    "closings.none": ("尚无已结账的日期。", "No day was closed yet."),
    "closings.title": ("已结账日期及版本", "Closed days and their versions"),
    "closings.on": ("日期", "day"),
    "closings.version": ("版本", "version"),
    "closings.run_id": ("批次", "run"),
    "closings.by": ("确认人", "signed by"),
    "closings.closed_at": ("结账时间", "filed at"),
    "closings.note": ("说明", "note"),
    "closings.verified": (
        "{count} 条结账记录及其快照均未改动，末条校验码 {hash}",
        "{count} closings and what they filed stand as they were made; hash of the last record {hash}",
    ),
}
