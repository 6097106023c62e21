"""The words of expected loss: stages' causes, methods, strategies of recovery, what is signed."""

from collections.abc import Mapping

IMPAIRMENT_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "stage_cause": {
        "none": ("风险未显著增加", "No significant rise"),
        "low_risk": ("违约概率低", "Low risk"),
        "stage_2_probation": ("阶段二观察期", "Probation of stage 2"),
        "left_stage_3": ("由阶段三转出", "Came from stage 3"),
        "pd_rise": ("违约概率显著上升", "Probability of default has risen"),
        "pd_ceiling": ("违约概率高", "High probability of default"),
        "special_mention": ("关注类", "Special mention"),
        "restructured": ("重组观察", "Restructured"),
        "watched": ("列入观察名单", "On the watch list"),
        "overdue": ("逾期超过30天", "More than 30 days past due"),
        "stage_3_probation": ("阶段三观察期", "Probation of stage 3"),
        "cross_default": ("客户其他债务违约", "The debtor's other debts"),
        "non_performing": ("不良", "Non-performing"),
        "credit_impaired": ("认定已减值", "Found credit-impaired"),
        "default_overdue": ("逾期超过90天", "More than 90 days past due"),
        "poci": ("购入已减值", "Bought impaired"),
        "override": ("人工认定", "Found by people"),
    },
    "ecl_method": {
        "none": ("不计量", "None"),
        "year": ("12个月", "12 months"),
        "lifetime": ("存续期", "Lifetime"),
        "impaired": ("已减值（组合）", "Impaired, by group"),
        "individual": ("已减值（个别）", "Impaired, by itself"),
    },
    "strategy": {
        "cure": ("自行恢复", "Cure"),
        "restructure": ("重组", "Restructuring"),
        "litigation": ("诉讼清收", "Litigation"),
        "foreclosure": ("处置押品", "Foreclosure"),
        "sale": ("债权转让", "Sale of the debt"),
        "bankruptcy": ("破产清偿", "Bankruptcy"),
    },
    "loss_difference": {
        "no_plan": ("应个别认定而未认定", "No recovery plan"),
        "stage_only": ("阶段三但非不良", "Stage 3, not NPL"),
        "tier_only": ("不良但非阶段三", "NPL, not stage 3"),
    },
    "sign_state": {
        "reviewed": ("已复核", "Reviewed"),
        "signed": ("已签批", "Signed"),
        "returned": ("已退回", "Returned"),
    },
    "hazard_cause": {
        "default": ("违约", "Default"),
        "exit": ("其他离开", "Other exit"),
    },
}  # fmt: skip
