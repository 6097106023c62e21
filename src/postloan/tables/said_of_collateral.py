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
}
