"""The words of closed lists of covenants and finances, Chinese and English side by side; a part of SAID."""

from collections.abc import Mapping

from postloan.tables.statement_items import ITEMS

COVENANT_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "covenant_result": {
        "met": ("达标", "Met"),
        "cured": ("已补救", "Cured"),
        "waived": ("已豁免", "Waived"),
        "not_tested": ("未检验", "Not tested"),
        "curing": ("补救期内", "In its cure"),
        "breached": ("违约", "Breached"),
    },
    "untested_why": {
        "not_due": ("未到报送期限", "Not due yet"),
        "no_statement": ("未收到报表", "No statement"),
        "item_missing": ("报表缺少科目", "An item is missing"),
        "metric_unknown": ("指标不在指标库", "No ratio of the set"),
    },
    "notice_way": {
        "letter": ("邮寄", "By post"),
        "delivered": ("当面送达", "Delivered in person"),
        "email": ("电子邮件", "By e-mail"),
    },
    "upload_state": {
        "read": ("待确认", "To be confirmed"),
        "confirmed": ("已确认", "Confirmed"),
        "dropped": ("已放弃", "Dropped"),
    },
    "ratio": {
        "debt_to_assets": ("资产负债率", "Debt to assets"),
        "debt_to_equity": ("产权比率", "Debt to equity"),
        "current_ratio": ("流动比率", "Current ratio"),
        "quick_ratio": ("速动比率", "Quick ratio"),
        "cash_ratio": ("现金比率", "Cash ratio"),
        "interest_cover": ("利息保障倍数", "Interest cover"),
        "debt_service_cover": ("偿债保障倍数", "Debt service cover"),
        "gross_margin": ("毛利率", "Gross margin"),
        "net_margin": ("销售净利率", "Net margin"),
        "return_on_equity": ("净资产收益率", "Return on equity"),
        "borrowings_to_revenue": ("有息负债收入比", "Borrowings to revenue"),
        "borrowings_to_ebitda": ("有息负债与EBITDA比", "Borrowings to EBITDA"),
        "cash_to_profit": ("利润现金含量", "Cash to profit"),
        "guarantees_to_net_assets": ("对外担保占净资产比", "Guarantees to net assets"),
        "net_assets": ("净资产", "Net assets"),
    },
    "statement_item": ITEMS,
}
