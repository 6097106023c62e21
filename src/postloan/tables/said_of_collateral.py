"""The words of closed lists of collateral, Chinese and English side by side; a part of SAID."""

from collections.abc import Mapping

COLLATERAL_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "eligibility": {
        "eligible": ("合格", "Counts"),
        "not_taken": ("类别不予接受", "Class not taken"),
        "released": ("已解押", "Released"),
        "sold": ("已处置", "Sold"),
        "seized": ("已查封", "Seized"),
        "not_registered": ("未登记", "Not registered"),
        "registration_ended": ("登记已到期", "Registration ended"),
        "unvalued": ("无估值", "Without a value"),
        "prior_unknown": ("先顺位债权不明", "Earlier ranks unknown"),
    },
    "insurance_state": {
        "not_needed": ("无需保险", "Not needed"),
        "enough": ("足额", "Enough"),
        "short": ("保额不足", "Short"),
        "ended": ("已到期", "Ended"),
        "missing": ("未投保", "Missing"),
    },
    "call_state": {
        "open": ("未通知", "To be told"),
        "noticed": ("已通知", "Told"),
        "answered": ("待复核销号", "Answered"),
        "closed": ("已销号", "Closed"),
    },
    "document_state": {
        "coming": ("待清点入库", "Coming in"),
        "held": ("在库", "In"),
        "leaving": ("待核发", "To go out"),
        "out": ("出库", "Out"),
        "returning": ("待清点归还", "Coming back"),
        "gone": ("未收", "Not taken"),
    },
    "valuation_method": {
        "external": ("外部评估", "External"),
        "internal": ("内部估值", "Internal"),
        "index": ("指数", "By index"),
        "appraisal": ("评估", "Appraisal"),
    },
}
