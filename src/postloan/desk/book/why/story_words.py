"""The words of the `why` screen, Chinese and English side by side."""

from postloan.tables.said import SAID

_SAID: dict[str, dict[str, tuple[str, str]]] = {
    # Within a sentence an English word begins small.
    **{
        name: {value: (zh, en[0].lower() + en[1:]) for value, (zh, en) in SAID[name].items()}
        for name in ("tier", "method", "stage", "stage_cause")
    },
    "schedule": {
        "feed": ("还款计划取自核心", "instalments from the feed"),
        "terms": ("还款计划由条款计算", "instalments computed from the terms"),
        "none": ("无还款计划，到期还本", "no instalments known: principal due at maturity"),
    },
}
_WORDS: dict[str, tuple[str, str]] = {
    "terms": ("1 条款", "1 Terms"),
    "due": ("2 应还", "2 Fallen due"),
    "received": ("3 实收", "3 Received"),
    "owed": ("4 尚欠", "4 Owed"),
    "days": ("5 逾期天数", "5 Days past due"),
    "floors": ("6 分类下限", "6 Floors"),
    "tier": ("7 五级分类", "7 Tier"),
    "change": ("8 变动条件", "8 What would change it"),
    "provisions": ("9 准备", "9 Provisions"),
    "losses": ("10 预期信用损失", "10 Expected loss"),
    "proof": ("11 佐证", "11 Proof"),
    "terms_line": (
        "放款 {principal} {currency}（{paid_out}），到期 {matures}；{method}，年利率 {rate}%，{day_count}；{schedule}",
        "{principal} {currency} paid out {paid_out}, matures {matures}; {method}, {rate} % a year, {day_count}; {schedule}",
    ),
    "rate_follows": (
        "{since} 起执行 {rate}% = {published} 公布的 LPR {prime}% {sign} {spread}%",
        "{rate} % since {since} = prime rate {prime} % published {published} {sign} {spread} %",
    ),
    "rate_stated": (
        "{since} 起执行 {rate}%，取自借据所载利率", "{rate} % since {since}, as the loan's row states",
    ),
    "rate_agreed": ("{since} 起执行 {rate}%，经决定调整", "{rate} % since {since}, changed by decision"),
    "rates_line": ("当日执行：{parts}（年）", "in force on the day, a year: {parts}"),
    "rate_part": ("{what} {rate}%", "{what} {rate} %"),
    "penalty_rate": ("逾期罚息利率", "overdue"),
    "misuse_rate": ("挪用罚息利率", "misused"),
    "compound_rate": ("复利利率", "compound"),
    "taken_on_line": (
        "{day} 期初移入：本金 {balance}，应计利息 {accrued}，罚息复利 {penalty}；以下自移入日起算",
        "taken on {day}: principal {balance}, interest accrued {accrued}, penalty {penalty}; figures below run from that day",
    ),
    "due_line": (
        "截至 {on} 已到期 {count} 期：本金 {principal} + 利息 {interest} + 费用 {fee} = {total}",
        "{count} instalments by {on}: principal {principal} + interest {interest} + fees {fee} = {total}",
    ),
    "received_line": (
        "{count} 个还款日共 {total} = 罚息 {penalty} + 复利 {compound} + 费用 {fee} + 利息 {interest} + 本金 {principal} + 暂收 {unapplied}",
        "{total} on {count} days = penalty {penalty} + compound {compound} + fees {fee} + interest {interest} + principal {principal} + waiting {unapplied}",
    ),
    "payments_earlier": ("（此前另有 {count} 个还款日）", "(and {count} payment days before these)"),
    "owed_line": (
        "本金 {debt} − 已还 {paid} = {left}；其中逾期本金 {principal}，逾期利息 {interest}，费用 {fee}，罚息 {penalty}，复利 {compound}；未到期应计利息 {accrued}",
        ("principal {debt} − paid {paid} = {left}; overdue: principal {principal}, interest {interest}, fees {fee}, "
        "penalty {penalty}, compound {compound}; interest accrued and not yet due {accrued}"),
    ),
    "relieved_line": (
        "未以现金了结：减免 {waived}，转为本金 {capitalised}，重新摊还 {reamortised}（决定生效日：{days}）",
        "left the arrears without cash: waived {waived}, made principal {capitalised}, re-amortised {reamortised} (decided for {days})",
    ),
    "written_off_line": ("已核销本金 {cents}", "of the rest, {cents} was written off"),
    "settled_line": ("已于 {day} 结清", "paid off on {day}"),
    "core_line": (
        "核心余额 {core}，差异 {gap}；发布余额 {governs}",
        "core system's balance {core}, {gap} apart; published {governs}",
    ),
    "unpaid_more": ("（另有 {count} 期未还清）", "(and {count} more unpaid)"),
    "days_part": ("{what} {on} − {oldest} = {days} 天", "{what} {on} − {oldest} = {days}"),
    "days_core": ("核心系统 {days} 天", "core system {days}"),
    "days_line": ("{parts}；取最长 {days} 天，账龄 {bucket}", "{parts}; the longest governs: {days} days, bucket {bucket}"),
    "days_none": ("无逾期：到期应还均已还清", "none: everything fallen due is paid"),
    "rule": ("规则", "rule"),
    "facts": ("事实", "facts"),
    "binds_when": ("触发条件", "binds when"),
    "tier_column": ("分类", "tier"),
    "clause": ("依据", "clause"),
    "paid_on": ("还款日", "paid on"),
    "due_on": ("应还日", "due on"),
    "amount": ("金额", "amount"),
    "penalty": ("罚息", "penalty"),
    "compound": ("复利", "compound"),
    "fee": ("费用", "fees"),
    "interest": ("利息", "interest"),
    "principal": ("本金", "principal"),
    "unapplied": ("暂收", "waiting"),
    "for_due": ("冲抵期次", "for instalments due"),
    "days_late": ("逾期天数", "days"),
    "comma": ("，", ", "),
    "rule_overdue": ("逾期天数", "days past due"),
    "rule_restructuring": ("重组与借新还旧", "restructuring"),
    "rule_facts": ("认定事实", "decided facts"),
    "rule_manual": ("人工认定", "found by people"),
    "rule_upgrade": ("不良上调", "upgrade"),
    "rule_contamination": ("同一债务人", "same debtor"),
    "fact_days": ("逾期 {days} 天", "{days} days past due"),
    "fact_technical": ("，经决定认定为技术性逾期（不超过 {most} 天）", ", excused by decision as technical (at most {most} days)"),
    "fact_not_technical": ("，当日无技术性逾期决定", ", no decision excuses today"),
    "fact_not_restructured": ("未重组，非借新还旧", "not restructured, not refinanced"),
    "is_restructured": ("重组资产", "restructured"),
    "is_repeat_restructured": ("观察期内再次重组", "restructured again in observation"),
    "is_refinanced": ("借新还旧", "repaid another loan"),
    "is_no_principal_renewal": ("无还本续贷", "renewed without repayment of principal"),
    "use_changed": ("改变资金用途", "use of the money changed"),
    "impaired": ("已发生信用减值", "credit-impaired"),
    "fact_impaired_share": ("预期损失 {share}%", "expected to lose {share} %"),
    "rating_fall": ("外部评级大幅下调", "external rating fell sharply"),
    "evasion": ("逃废债务", "evades its bank debts"),
    "bankruptcy": ("进入破产清算", "in liquidation"),
    "fact_nothing_decided": ("无", "none"),
    "fact_nobody_found": ("无", "none"),
    "fact_clean": ("自 {day} 起无逾期，尚无有效上调决定", "nothing overdue since {day}; no decision upgrades it yet"),
    "fact_not_clean": ("仍有逾期", "something is overdue"),
    "fact_retail": ("零售债务人，逐笔分类", "retail debtor: classed loan by loan"),
    "fact_own_share": ("本行不良 {part} ÷ 本行债务 {whole} = {share}%", "NPL here {part} of {whole} = {share} %"),
    "fact_all_share": (
        "各行逾期超 {days} 天 {part} ÷ 各行债务 {whole} = {share}%",
        "past {days} days at all banks {part} of {whole} = {share} %",
    ),
    "fact_itself": ("（含本笔）", " (this loan among them)"),
    "fact_own_npl": ("本行有不良", "NPL here"),
    "fact_no_own_npl": ("本行无不良", "no NPL here"),
    "fact_other_npl": ("他行已列不良", "NPL at another bank"),
    "fact_no_other_npl": ("未见他行不良", "none known elsewhere"),
    "binds_over_days": ("> {days} 天", "> {days} days"),
    "binds_over_share": ("> {share}%", "> {share} %"),
    "binds_restructured": ("重组、再次重组或借新还旧", "restructured, again, or refinanced"),
    "binds_facts": ("改变用途、减值、评级下调、逃废、破产", "use changed, impaired, rating, evasion, bankruptcy"),
    "binds_manual": ("劣于规则分类", "worse than the rules'"),
    "binds_held": (
        "须连续 {periods} 期且满 {months} 个月正常偿付，并经上调决定",
        "{periods} periods and {months} months paid on time, and a decision",
    ),
    "binds_not_retail": ("仅非零售债务人", "non-retail debtors only"),
    "binds_any_npl": ("本行或他行有不良", "any NPL here or elsewhere"),
    "tier_pass": ("：无规则触发", ": no rule binds"),
    "tier_set_by": ("：依据 {cite}", ": set by {cite}"),
    "alert_line": (
        "集团预警：集团 {group} 成员 {member} 自 {since} 起为{tier}，须及时评估本客户（{cite}），不自动下调",
        "group alert: member {member} of group {group} is {tier} since {since}; assess this debtor ({cite}), it is not classed by it",
    ),
    "since_line": ("自 {day} 起（{days} 天）", "since {day} ({days} days)"),
    "before_line": ("，此前 {tier}（{cite}）", ", {tier} before ({cite})"),
    "no_rule": ("无规则触发", "no rule bound"),
    "not_there": ("不在册", "not in the book"),
    "tier_yesterday": ("上日 {tier}", "yesterday {tier}"),
    "tier_last_quarter": ("上季末 {tier}", "last quarter's end {tier}"),
    "change_worse": (
        "{due} 应还款项至 {day} 仍未还清，将降为 {tier}（{cite}）",
        "what fell due on {due} still unpaid on {day} makes it {tier} ({cite})",
    ),
    "change_paid": ("还清全部逾期后，逾期天数不再限制分类", "with everything overdue paid, days past due no longer bind"),
    "change_upgrade": (
        "若此后无逾期，{day} 起经三人上调决定可上调",
        "if nothing is overdue until then, a decision by three may upgrade it from {day}",
    ),
    "change_vain_early": (
        "{decided} 的上调决定为时过早，不起作用：当时最早可自 {day} 起决定",
        "the upgrade decided for {decided} came too early and counts for nothing: it could be decided from {day}",
    ),
    "change_vain_overdue": (
        "{decided} 的上调决定不起作用：当日债务人仍有逾期",
        "the upgrade decided for {decided} counts for nothing: something of the debtor's was overdue on that day",
    ),
    "change_vain_impaired": (
        "{decided} 的上调决定不起作用：当日债务人在本行有已减值资产",
        "the upgrade decided for {decided} counts for nothing: an asset of the debtor here was credit-impaired",
    ),
    "change_clean": (
        "还清全部逾期后，再正常偿付 {periods} 期且满 {months} 个月，方可决定上调",
        "once all is paid, {periods} periods and {months} months on time come before a decision to upgrade",
    ),
    "change_observation": (
        "观察期至 {day}；期满无逾期并经决定后退出重组",
        "watched until {day}; then, with nothing overdue, a decision ends the observation",
    ),
    "change_debtor": (
        "债务人其他不良债务降至比例以下后，本项不再触发",
        "once the debtor's bad debts fall to the bound, this no longer binds",
    ),
    "text_line": ("《{title}》{number}，{in_force} 起施行", "{title} ({number}), in force from {in_force}"),
    "provision": ("准备", "provision"),
    "arithmetic": ("计算", "arithmetic"),
    "provision_none": ("不计提：不在账或不属贷款", "none: off the book, or no loan"),
    "provision_general": ("一般准备", "general"),
    "provision_specific": ("专项准备", "specific"),
    "provision_special": ("特种准备", "special"),
    "provision_standard_method": ("潜在风险估计值", "standard method"),
    "loss_none": ("不计量：不在账，或当日尚无此规则", "none: off the book, or no such rule on the day"),
    "stage_line": (
        "{stage}：按本笔事实为{rule}（{cause}），按客户其他债务为{obligor}",
        "{stage}: {rule} by the loan's own facts ({cause}), {obligor} by the debtor's other debts",
    ),
    "override_line": ("人工认定：{stage}（只可更差）", "found by people: {stage}; it counts where it is worse"),
    "group_line": (
        "风险分组 {group}，剩余 {months} 个月；违约概率（加权）：12个月 {year}，存续期 {left}，初始预期 {expected}",
        ("risk group {group}, {months} months left; probability of default, weighted: {year} within a year, {left} until "
        "repaid, {expected} expected when made"),
    ),
    "prepaid_line": (
        "已计提前结清：未违约者每年 {yearly}，到期前提前结清 {left}（长期平均）；结清后不再违约",
        ("repaid early: {yearly} a year of those that do not default, {left} before the last instalment, through the cycle; "
        "what is repaid defaults no more"),
    ),
    "claim_line": (
        "暴露 {claim} = 本金 {balance} + 利息 {interest}；押品与保证可收回 {worth}（现价，未折现）；违约损失率（加权）{lgd}；自担比例 {share}",
        ("claim {claim} = principal {balance} + interest {interest}; securities bring in {worth} at today's prices, before "
        "the time it takes; {lgd} of the claim lost on default, weighted; the bank's own share {share}"),
    ),
    "rank_known": (
        "押品 {collateral} 第 {rank} 顺位：其他债务人与他行的先顺位债权 {taken}",
        "collateral {collateral}, rank {rank}: other debtors and other banks come before with {taken}",
    ),
    "rank_unknown": (
        "押品 {collateral} 第 {rank} 顺位：先顺位债权未知，不计可收回金额",
        "collateral {collateral}, rank {rank}: what comes before it is not known, so that it brings in nothing",
    ),
    "weak_distressed": (
        "保证 {guarantee}：保证人自身不良或处于阶段三；承诺 {amount}，计入 {counts}，再按受困保证折减",
        "guarantee {guarantee}: its guarantor is non-performing or in stage 3; {counts} of {amount} counts, at a distressed share",
    ),
    "weak_mutual": (
        "保证 {guarantee}：保证人与借款人互保，环内金额只计一次；承诺 {amount}，计入 {counts}，再按互保折减",
        "guarantee {guarantee}: guarantor and debtor stand for one another, a ring counts once; {counts} of {amount} counts, at a mutual share",
    ),
    "measure_year": (
        "阶段一，计12个月损失：模型 {model} + 叠加 {overlay} = {total}",
        "stage 1, defaults within 12 months: model {model} + overlay {overlay} = {total}",
    ),
    "measure_lifetime": (
        "计存续期损失：模型 {model} + 叠加 {overlay} = {total}",
        "defaults until repaid: model {model} + overlay {overlay} = {total}",
    ),
    "measure_impaired": (
        "已减值，暴露 × 违约损失率：模型 {model} + 叠加 {overlay} = {total}",
        "impaired, claim × share lost: model {model} + overlay {overlay} = {total}",
    ),
    "measure_individual": (
        "已减值，个别认定，暴露 − 预计收回现值：{model} + 叠加 {overlay} = {total}",
        "impaired and assessed by itself, claim − recoveries as of today: {model} + overlay {overlay} = {total}",
    ),
    "scenario": ("情景", "scenario"),
    "weight": ("权重", "weight"),
    "pd_year": ("12个月违约", "default in a year"),
    "pd_left": ("存续期违约", "until repaid"),
    "lgd": ("违约损失率", "lost of claim"),
    "ecl_year": ("12个月损失", "loss in a year"),
    "ecl_left": ("存续期损失", "loss until repaid"),
    "month": ("月", "month"),
    "claim_then": ("届时暴露", "claim then"),
    "discount": ("折现因子", "discount"),
    "chance": ("首次违约概率", "first default"),
    "lost_then": ("加权损失", "loss, weighted"),
    "as_published": (
        "以当日所知数据重新计算，与发布行逐列一致。批次 {run}，数据截至 {known_on}（{feeds} 批），规则日 {law_of}，规则库 {rulebook}，程序 {code}",
        ("recomputed from the feeds: equal to the published row in every column. Run {run}, known on {known_on} "
        "({feeds} feeds), law of {law_of}, rulebook {rulebook}, code {code}"),
    ),
    "not_as_published": (
        "注意：按现行规则库与程序重新计算，与发布行不一致；发布批次 {run} 所用规则库 {rulebook}，程序 {code}，数据截至 {known_on}（{feeds} 批），规则日 {law_of}",
        ("Note: recomputed with today's rulebook and code, this differs from the published row, which rests on run {run}, "
        "rulebook {rulebook}, code {code}, known on {known_on} ({feeds} feeds), law of {law_of}"),
    ),
}  # fmt: skip


def words(lang: str, key: str) -> str:
    """Return a word or sentence in zh or en."""
    return _WORDS[key][0 if lang == "zh" else 1]


def said_of(lang: str, list_name: str, value: str) -> str:
    """Return a closed list's value in zh or en."""
    return _SAID[list_name][value][0 if lang == "zh" else 1]
