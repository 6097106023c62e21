"""The words of closed lists of inspections, Chinese and English side by side."""

from collections.abc import Mapping

INSPECTION_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "inspection_kind": {
        "first": ("首次检查", "First"),
        "periodic": ("定期检查", "Periodic"),
        "triggered": ("预警触发", "Triggered"),
        "special": ("专项检查", "Special"),
        "sampled": ("抽样检查", "Sampled"),
    },
    "inspection_state": {
        "open": ("待检查", "To be done"),
        "signing": ("待签字", "To be signed"),
        "review": ("待复核", "To be reviewed"),
        "returned": ("已退回", "Returned"),
        "accepted": ("已通过", "Accepted"),
        "gone": ("已取消", "Called off"),
    },
    "inspection_way": {
        "on_site": ("现场检查", "On site"),
        "phone": ("电话检查", "By telephone"),
        "off_site": ("非现场检查", "Off site"),
    },
    "finding_state": {
        "open": ("待整改", "To be corrected"),
        "corrected": ("待确认", "To be confirmed"),
        "confirmed": ("已确认", "Confirmed"),
    },
    "severity": {"high": ("高", "High"), "medium": ("中", "Medium"), "low": ("低", "Low")},
    "supervision_state": {
        "open": ("检查中", "Being checked"),
        "issued": ("整改中", "Being put right"),
        "closed": ("已关闭", "Closed"),
    },
    "paper_state": {
        "drawn": ("待检查", "To be checked"),
        "checked": ("已打分", "Marked"),
        "rectifying": ("待整改", "To be put right"),
        "rectified": ("待复查", "To be re-checked"),
        "closed": ("已办结", "Done"),
    },
}
