"""The words of the command line, Chinese and English side by side: tables, messages and help from one place."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from postloan.desk.report.words.said import REPORTS, ReportWords
from postloan.site.closing_words import CLOSING_WORDS
from postloan.site.help_words import HELP
from postloan.site.model_words import MODEL_WORDS
from postloan.site.replay_words import REPLAY_WORDS
from postloan.tables.said import Language

_MESSAGES: dict[str, tuple[str, str]] = {
    "fault": (
        "{kind}：{text}\n这是程序的故障，请报告开发人员；加 --debug 可看到详情。",
        "{kind}: {text}\nThis is a fault of the program. Please report it; --debug shows where it happened.",
    ),
    "interrupted": (
        "已中断。算完的分片保留；再运行一次即可继续。",
        "Interrupted. Finished shards are kept; run the command again to go on.",
    ),
    "written": ("已写入 {path}", "Written to {path}"),
    # load
    "load.title": ("数据接入 {day}", "Feed of {day}"),
    "load.days_title": ("数据接入 {first} 至 {last}", "Feeds of {first} to {last}"),
    "load.already": ("{day} 此前已接入，内容相同，未作改动。", "{day} was loaded before, with the same contents: nothing changed."),
    "load.total": ("合计", "total"),
    "load.day": ("日期", "day"),
    "load.table": ("表", "table"),
    "load.tables": ("表数", "tables"),
    "load.accepted": ("接收\n行", "accepted\nrows"),
    "load.quarantined": ("隔离\n行", "quarantined\nrows"),
    "load.state": ("状态", "state"),
    "load.state_new": ("已接入", "loaded"),
    "load.state_old": ("此前已接入", "was loaded"),
    "load.reasons_title": ("隔离原因", "Why rows are in quarantine"),
    "load.reason": ("原因", "reason"),
    "load.reason_rows": ("次数", "times"),
    "load.reasons_more": ("另有 {count} 种原因", "and {count} more reasons"),
    "load.quarantine_file": ("隔离区：{path}", "Quarantine: {path}"),
    # night
    "night.progress": ("{day} 分片", "{day} shards"),
    "night.line": (
        "{day}  批次 {run}  {loans} 笔  余额 {balance} {unit}  不良率 {npl} %  {checks} 项检查通过  {state}",
        "{day}  run {run}  {loans} loans  {balance} {unit}  NPL {npl} %  {checks} checks passed  {state}",
    ),
    "night.took": ("{seconds} 秒", "{seconds} s"),
    "night.version": ("{state}（第 {version} 版，此前各版保留）", "{state}, version {version} beside those before"),
    "night.was_there": ("此前已发布", "already published"),
    # rules
    "rules.title": ("{day} 生效的规则", "Rules in force on {day}"),
    "rules.unconfirmed_title": ("待核对的数字：{count} 项", "Figures nobody has confirmed: {count}"),
    "rules.none_unconfirmed": ("全部数字均已核对。", "Every figure is confirmed."),
    "rules.rule": ("规则", "rule"),
    "rules.since": ("自", "from"),
    "rules.figure": ("数字", "figure"),
    "rules.value": ("内容", "says"),
    "rules.cite": ("依据", "citation"),
    "rules.why": ("未核对", "not confirmed"),
    "rules.not_yet": ("{day} 起生效", "begins on {day}"),
    # quote
    "quote.title": ("{loan} 于 {day} 的结清报价", "{loan}: what pays it off on {day}"),
    "quote.what": ("项目", "component"),
    "quote.fee": ("费用", "fees"),
    "quote.penalty": ("罚息", "penalty interest"),
    "quote.compound": ("复利", "compound interest"),
    "quote.interest": ("利息（含应计）", "interest, accrued included"),
    "quote.principal": ("本金", "principal"),
    "quote.waiting": ("减：暂收款", "less cash that waits"),
    "quote.payoff": ("结清金额", "payoff"),
    "quote.due": ("其中已到期应还 {cents} {unit}", "Of this, {cents} {unit} has fallen due."),
    "quote.tails": (
        "提前还款 {cents} {unit}（已扣除到期应还）之后的还款计划",
        "What a prepayment of {cents} {unit}, beyond what has fallen due, leaves",
    ),
    "quote.choice": ("方式", "choice"),
    "quote.count": ("剩余\n期数", "instalments\nleft"),
    "quote.next": ("下期应还", "next\ninstalment"),
    "quote.ends": ("到期日", "last\ndue day"),
    "quote.interest_left": ("剩余利息", "interest\nleft"),
    "quote.saved": ("节省利息", "interest\nsaved"),
    "quote.as_agreed": ("不提前还款", "as agreed"),
    "quote.shorter_term": ("期供不变，缩短期限", "same instalment, shorter term"),
    "quote.smaller_instalment": ("期限不变，减少期供", "same term, smaller instalment"),
    # schedule
    "schedule.title": ("还款计划 {method}", "Schedule, {method}"),
    "schedule.seq": ("期", "no."),
    "schedule.due_on": ("应还日", "due day"),
    "schedule.instalment": ("期供", "instalment"),
    "schedule.principal": ("本金", "principal"),
    "schedule.interest": ("利息", "interest"),
    "schedule.left": ("剩余本金", "left"),
    "schedule.arithmetic": ("利息计算", "interest is"),
    "schedule.total": ("合计", "total"),
    # desk
    "serve.at": ("工作台：{address}（Ctrl-C 停止）", "The desk: {address} (Ctrl-C stops it)"),
    "serve.demo": ("工作台：{address}（Ctrl-C 停止）；可登录的用户：", "The desk: {address} (Ctrl-C stops it); who may log in:"),
    "adopt.done": (
        "已接收 {on}（批次 {run_id}）：新开待办 {opened} 项，消除 {closed} 项",
        "Adopted {on} (run {run_id}): {opened} work items opened, {closed} closed",
    ),
    "officer.opened": ("已开户：{username}（{role}）", "Opened: {username} ({role})"),
    "hand_over.done": (
        "已随 {on} 移交 {count} 项决定和数据；入库 {accepted} 行，退回 {refused} 行",
        "Handed over {count} decisions and rows with {on}: {accepted} rows loaded, {refused} sent back",
    ),
    "hand_over.none": ("{on} 没有需要移交的决定和数据", "There is nothing to hand over for {on}"),
    "hand_over.waiting": (
        "另有 {waiting} 项在 {on} 移交之后才决定，随下一营业日移交",
        "{waiting} more were decided after {on} was handed over; they go with the next day",
    ),
    "hand_over.rules": ("预警规则变更 {rules} 项自 {on} 起启用", "{rules} changes of warning rules hold from {on}"),
    "hand_over.next": ("下一步：postloan night {on}", "Next: postloan night {on}"),
    "outbox.sent": ("已发送 {count} 条（{told}）", "{count} messages were sent ({told})"),
    "outbox.nobody": ("没有账户 {officer}", "there is no account {officer}"),
    "reshard.done": ("{home} 的数据已按 {shards} 个分片写入 {into}", "the facts of {home} lie in {shards} shards in {into}"),
    "prune.found": (
        "可清理 {days} 天、{runs} 个批次，共 {size} MB；未作删除",
        "{days} days and {runs} runs may go, {size} MB; nothing was removed",
    ),
    "prune.done": ("已清理 {days} 天、{runs} 个批次，共 {size} MB", "{days} days and {runs} runs are gone, {size} MB"),
    "gate.exported": ("台账 {count} 条已写入 {file}", "{count} entries of the ledger were written to {file}"),
    "gate.proved": (
        "台账共 {entries} 条，询问 {asks} 次，允许 {allowed} 次，末条 {seq}:{hash}",
        "The ledger has {entries} entries, {asks} asks, {allowed} allowed; its head is {seq}:{hash}",
    ),
    "gate.holds": ("链条完整，没有规则之外的联系。", "The chain is whole, and no contact was made outside the rules."),
    "gate.broken": ("共 {count} 处不成立。", "It does not hold in {count} places."),
    "gate.fault": ("第 {seq} 条（{kind}）：{fault}", "entry {seq} ({kind}): {fault}"),
    "gate.chain": ("链条", "chain"),
    "gate.rules": ("规则", "rules"),
    "gate.breach": ("违规", "breach"),
    "gate.head_wrong": ("末条写法不对。", "The head is not written as it should be."),
    "gate.head_hint": ("请写成 序号:哈希，即 verify 显示的末条。", "Write it as SEQ:HASH, as verify shows it."),
    "audit.head": ("审计日志共 {seq} 条，末条哈希 {hash}", "The audit chain has {seq} entries; the last hash is {hash}"),
    "audit.fault": ("第 {seq} 条：{fault}", "entry {seq}: {fault}"),
    # demo
    "demo.written": (
        "演示银行：{loans} 笔借据，{months} 个月末，种子 {seed}；数据在 {path}",
        "Demo bank: {loans} loans, {months} month-ends, seed {seed}; its feeds are in {path}",
    ),
    "demo.loaded": ("已接入 {days} 天，{rows} 行，隔离 {quarantined} 行", "Loaded {days} days, {rows} rows, {quarantined} in quarantine"),
    "demo.try": ("接下来可以试试：", "Try next:"),
}  # fmt: skip

_ALL: Mapping[str, tuple[str, str]] = {
    **_MESSAGES, **REPORTS, **REPLAY_WORDS, **CLOSING_WORDS, **MODEL_WORDS, **HELP,
}  # fmt: skip


class Words(ReportWords):
    """The words of one language: those of the reports, and the command line's own."""

    def __init__(self, language: Language) -> None:
        super().__init__(language, _ALL)


def all_words() -> Mapping[str, tuple[str, str]]:
    """Every key with its Chinese and English."""
    return _ALL


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Choose the language: --lang, then POSTLOAN_LANG, then the locale; English where none says Chinese."""
    said = [each.removeprefix("--lang=") for each in arguments if each.startswith("--lang=")]
    said += [value for flag, value in pairwise(arguments) if flag == "--lang"]
    said += [environment.get(name, "") for name in ("POSTLOAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")]
    first = next((each for each in said if each), "en")
    return "zh" if first.lower().startswith("zh") else "en"
