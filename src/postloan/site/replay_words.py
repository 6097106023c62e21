"""The words of the replay, Chinese and English: its help, its notes, its sheets and columns."""

_FIGURES = {
    "npl": ("不良率", "NPL"),
    "special_mention": ("关注率", "Special\nmention"),
    "coverage": ("拨备覆盖率", "Coverage"),
    "provisions": ("准备金", "Provisions"),
    "general": ("一般准备", "General"),
    "specific": ("专项准备", "Specific"),
    "special": ("特种准备", "Special"),
}
_WHEN = {"then": ("原", "then"), "now": ("新", "now"), "more": ("差", "more")}
_SHEETS = {
    "replay": ("政策回放", "Replay"),
    "replay_days": ("政策回放 · 资产质量", "Replay · asset quality"),
    "replay_provisions": ("政策回放 · 准备金", "Replay · provisions"),
    "replay_matrix_loans": (
        "政策回放 · 期末原分类至新分类 · 笔数",
        "Replay · tier then to tier now at the end · loans",
    ),
    "replay_matrix_balance": (
        "政策回放 · 期末原分类至新分类 · 余额",
        "Replay · tier then to tier now at the end · balance",
    ),
    "replay_by_rule": (
        "政策回放 · 期末变动借据的分类规则",
        "Replay · at the end, what sets the tier of the loans that move",
    ),
    "replay_by_org": ("政策回放 · 期末按机构", "Replay · at the end by office"),
    "replay_by_product": ("政策回放 · 期末按产品", "Replay · at the end by product"),
    "replay_pairs": ("政策回放 · 逐日分类变动", "Replay · tiers day by day"),
    "replay_loans": ("政策回放 · 变动借据", "Replay · loans that move"),
}
_RULES = {
    "overdue_floors": ("逾期天数", "Days past due"),
    "fact_floors": ("风险事实", "What was decided of loan or debtor"),
    "restructuring_floors": ("重组", "Restructuring"),
    "manual_tier": ("人工认定", "People's finding"),
    "contamination": ("同一债务人其他不良", "The debtor's other debts"),
    "upgrade": ("曾为不良，未经上调", "Non-performing before, no upgrade since"),
    "none": ("无（正常）", "None: pass"),
    "total": ("合计", "Total"),
}

REPLAY_WORDS: dict[str, tuple[str, str]] = {
    **{
        f"replay.column.{name}_{when}": (f"{zh}\n{when_zh}", f"{en}\n{when_en}")
        for name, (zh, en) in _FIGURES.items()
        for when, (when_zh, when_en) in _WHEN.items()
    },
    "replay.column.on": ("日期", "Day"),
    "replay.column.moved_loans": ("变动\n笔数", "Loans\nmoved"),
    "replay.column.moved_balance": ("变动余额", "Balance\nmoved"),
    "replay.column.tier_then": ("原分类", "Tier then"),
    "replay.column.tier_now": ("新分类", "Tier now"),
    "replay.column.rule_now": ("分类规则", "Rule"),
    **{f"sheet.{name}": said for name, said in _SHEETS.items()},
    **{f"rule_now.{rule}": said for rule, said in _RULES.items()},
    "replay.progress": ("回放分片", "shards replayed"),
    "replay.same": ("所试规则与本行现行规则一致。", "The rulebook tried is the one in force at the bank."),
    "replay.differs": ("与本行现行规则不同：{rules}", "Rules that differ from the bank's own: {rules}"),
    "replay.another_law": (
        "采用另一法规（取代国家规则，不受“只可从严”限制）：{rules}",
        "ANOTHER LAW stands in for the national rules, which may be laxer: {rules}",
    ),
    "replay.not_replayed": (
        "其中不回放（天数、余额、重组观察期沿用已发布数据）：{rules}",
        "Of these not replayed, as days, balances and times of observation stay as published: {rules}",
    ),
    "replay.no_upgrades": (
        "回放中新成为不良的借据当时无人审议上调，按规则保持不良：数字为上限。",
        "Loans that are non-performing only in the replay had no upgrade decided for them, and stay so: the figures are an upper bound.",
    ),
    "replay.quiet": (
        "{days} 个已发布日，{loans} 笔次。未逾期且无任何风险事实的借据在任何规则下均为正常，不重算。",
        "{days} published days, {loans} loan-days. Loans that are not late and have no fact against them are pass under any rules: they are not judged again.",
    ),
    "help.replay": (
        "用另一套规则重算已发布各日的分类和准备金，并列出差异；不改动任何已发布数据。",
        "Recompute tiers and provisions of published days under another rulebook, and report the difference. Nothing published is touched.",
    ),
    "help.rulebook": (
        "所试规则：本行规则文件（同 HOME/rulebook/bank）；其下 national 文件夹可放取代国家规则的文件",
        "rulebook to try: the bank's own files, as in HOME/rulebook/bank; files in its folder national stand in for the law's",
    ),
    "help.replay_from": ("第一天", "first day"),
    "help.replay_to": ("最后一天", "last day"),
    "help.every": ("month-end：只回放月末；默认为每个已发布日", "month-end: month-ends only; default: every published day"),
    "help.replay_format": (
        "table，csv（变动借据），json（各项数字）或 xlsx（两者）",
        "table, csv (the loans that move), json (the figures) or xlsx (both)",
    ),
}  # fmt: skip
