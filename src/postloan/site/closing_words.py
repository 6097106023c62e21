"""The words of closing a day, Chinese and English."""

_PINS = {
    "feeds": ("数据", "feeds"),
    "known_on": ("获知日", "day of knowledge"),
    "law_of": ("适用规则日", "law"),
    "rulebook": ("规则库", "rulebook"),
    "code": ("程序", "program"),
    "lock": ("程序库", "libraries"),
}

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
    "days.none": ("尚无已发布的日期。", "No day was published yet."),
    "days.title": ("已发布日期", "Published days"),
    "days.versions_title": ("{on} 的各版本", "Versions of {on}"),
    "days.on": ("日期", "day"),
    "days.versions": ("版本数", "versions"),
    "days.number": ("版本", "version"),
    "days.run_id": ("批次", "run"),
    "days.known_on": ("获知日", "known on"),
    "days.loads": ("接入次数", "loads"),
    "days.made_at": ("发布时间", "published at"),
    "days.filed": ("结账", "filed"),
    "days.why": ("由来", "what it is for"),
    "days.read": ("{number}（当前）", "{number} (read)"),
    "days.first": ("首版", "first"),
    "days.delivery": ("{feed_day} {source} #{load}", "{feed_day} {source} #{load}"),
    "days.gone": ("不含 {feed_day} {source} #{load}", "without {feed_day} {source} #{load}"),
    **{f"pin.{name}": said for name, said in _PINS.items()},
    "closings.verified": (
        "{count} 条结账记录及其快照均未改动，末条校验码 {hash}",
        "{count} closings and what they filed stand as they were made; hash of the last record {hash}",
    ),
}
