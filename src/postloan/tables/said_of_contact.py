"""The words of closed lists of the contact gate, Chinese and English side by side; a part of SAID."""

from collections.abc import Mapping

CONTACT_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "contact_channel": {
        "call": ("电话", "Call"),
        "sms": ("短信", "Text message"),
        "letter": ("信函", "Letter"),
        "email": ("电子邮件", "E-mail"),
        "app": ("客户端消息", "App message"),
        "visit": ("上门", "Visit"),
        "formal_demand": ("催告函", "Formal demand"),
    },
    "contact_purpose": {
        "collect": ("催收", "Collection"),
        "notice": ("到期通知", "Notice of maturity"),
        "reply": ("答复投诉", "Answer to a complaint"),
        "demand": ("正式催告", "Formal demand"),
        "collateral": ("补充担保通知", "Call for collateral"),
        "locate": ("询问联系方式", "Ask for contact details"),
        "message": ("转告", "Pass a message"),
    },
    "contact_role": {
        "debtor": ("借款人", "Borrower"),
        "co_borrower": ("共同借款人", "Co-borrower"),
        "guarantor": ("保证人", "Guarantor"),
        "third": ("第三人", "Third person"),
    },
    "point_kind": {
        "phone": ("电话", "Telephone"),
        "address": ("地址", "Address"),
        "email": ("电子邮箱", "E-mail address"),
        "app": ("客户端", "App"),
    },
    "contact_outcome": {
        "connected": ("联系到本人", "Reached"),
        "other_person": ("他人应答", "Another person answered"),
        "unanswered": ("无人应答", "No answer"),
        "invalid": ("号码或地址无效", "Invalid number or address"),
        "sent": ("已发出", "Sent"),
        "not_made": ("未联系", "Not made"),
    },
    "contact_rule": {
        "hours": ("时段", "Hours"),
        "days_off": ("休息日", "Days off"),
        "attempts": ("每日次数", "Attempts a day"),
        "connected": ("每日接通", "Connected calls a day"),
        "visits": ("每日上门", "Visits a day"),
        "visitors": ("上门人数", "Visitors"),
        "third": ("第三人", "Third persons"),
        "parties": ("联系对象与事由", "Whom, and for what"),
        "pause": ("投诉暂停", "Complaint pending"),
        "asked": ("无待答复投诉", "No complaint pending"),
        "do_not_call": ("勿扰", "Do not call"),
        "channel": ("渠道", "Channel"),
        "known": ("未登记", "Not registered"),
    },
    "contact_answer": {"true": ("允许", "Allowed"), "false": ("拒绝", "Refused")},
    "exemption_kind": {
        "consent": ("同意其他时段", "Consent to other hours"),
        "do_not_call_lifted": ("解除勿扰", "Lift do-not-call"),
        "point_ended": ("停用联系方式", "End a contact point"),
    },
    "exemption_state": {
        "proposed": ("待批准", "Proposed"),
        "in_force": ("已生效", "In force"),
        "refused": ("已否决", "Refused"),
        "ended": ("已撤回", "Taken back"),
    },
    "complaint_state": {"open": ("待答复", "Unanswered"), "answered": ("已答复", "Answered")},
}
