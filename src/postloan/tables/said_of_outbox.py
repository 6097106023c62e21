"""The words of closed lists of messages, visits and outside agencies, in Chinese and English; a part of SAID."""

from collections.abc import Mapping

OUTBOX_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "message_state": {
        "queued": ("待发送", "Waiting"),
        "sending": ("发送中", "Being sent"),
        "sent": ("已发出", "Sent"),
        "delivered": ("已送达", "Delivered"),
        "undelivered": ("未送达", "Not delivered"),
        "refused": ("不得发送", "Refused by a rule"),
        "no_point": ("缺少联系方式", "No contact point"),
        "failed": ("发送失败", "Failed"),
        "unsure": ("结果不明", "Unsure whether sent"),
        "expired": ("已过期", "No longer worth sending"),
        "cancelled": ("已作废", "Taken back"),
    },
    "visit_state": {
        "planned": ("待上门", "Planned"),
        "under_way": ("已签到", "Checked in"),
        "done": ("已上门", "Made"),
        "cancelled": ("已取消", "Called off"),
    },
    "agency_state": {
        "proposed": ("待批准", "Waiting for approval"),
        "listed": ("在册", "Listed"),
        "refused": ("未批准", "Refused"),
        "left": ("已退出", "Left"),
    },
    "placement_state": {
        "waiting": ("待告知", "Waiting until the debtor is told"),
        "running": ("委托中", "With the agency"),
        "recalled": ("已收回", "Taken back"),
        "ended": ("已结束", "Ended"),
    },
    "bill_state": {
        "proposed": ("待批准", "Waiting for approval"),
        "agreed": ("已批准", "Agreed"),
        "refused": ("未批准", "Refused"),
    },
    "agency_result": {
        "kept": ("续用", "Kept"),
        "warned": ("整改", "Warned"),
        "left": ("退出", "Leaves"),
    },
    "message_try": {
        "sent": ("已发出", "Sent"),
        "shut": ("通道不可用", "The door was shut"),
        "refused": ("被拒绝", "Refused"),
        "unsure": ("结果不明", "Unsure whether sent"),
        "failed": ("发送失败", "Failed"),
        "no_point": ("缺少联系方式", "No contact point"),
        "left": ("发送中断", "Left behind"),
    },
    "message_cause": {
        "maturity_30": ("到期前提醒（中长期）", "Before maturity, long term"),
        "maturity_7": ("到期前提醒（短期）", "Before maturity, short term"),
        "due_3": ("还款日前提醒", "Before the due day"),
        "due_0": ("还款日提醒", "On the due day"),
        "overdue_1": ("逾期短信提醒", "First days past due"),
        "overdue_7": ("逾期催收信函", "A week past due"),
        "overdue_30": ("正式催告", "Formal demand"),
        "agency": ("委托催收告知", "Notice of an outside agency"),
        "written": ("人工编写", "Written by hand"),
    },
    "message_door": {
        "folder": ("文件夹", "Folder"),
        "smtp": ("邮件服务器", "Mail server"),
        "http": ("短信网关", "Text gateway"),
    },
}
