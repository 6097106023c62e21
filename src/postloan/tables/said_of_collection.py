"""The words of closed lists of collection, Chinese and English side by side; a part of SAID."""

from collections.abc import Mapping

COLLECTION_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "collection_state": {
        "open": ("催收中", "Collecting"),
        "proposed": ("待批准诉讼", "Suit proposed"),
        "placed": ("委外", "With an agency"),
        "court": ("诉讼", "Before a court"),
        "closed": ("已结案", "Closed"),
    },
    "collection_why": {
        "": ("", ""),
        "cured": ("逾期结清", "Cured"),
        "gone": ("已出表", "Left the book"),
    },
    "collection_outcome": {
        "promised": ("承诺还款", "Promised"),
        "no_answer": ("无人接听", "No answer"),
        "refused": ("拒绝还款", "Refused to pay"),
        "wrong_number": ("号码错误", "Wrong number"),
        "third_person": ("他人接听", "A third person answered"),
        "disputes": ("对欠款有异议", "Disputes the debt"),
        "complaint": ("投诉", "Complaint"),
        "sent": ("已发出", "Sent"),
        "asks_relief": ("请求协商", "Asks for relief"),
        "not_made": ("未联系", "Not made"),
        "": ("", ""),
    },
    "collection_step": {
        "opened": ("入催", "Fell past due"),
        "step": ("进入下一步", "Next step"),
        "moved": ("转至新机构", "Moved to another office"),
        "contact": ("联系", "Contact"),
        "kept": ("履约", "Promise kept"),
        "partial": ("部分履约", "Promise partly kept"),
        "broken": ("失约", "Promise broken"),
        "cured": ("出催", "Cured"),
        "gone": ("出表结案", "Left the book"),
        "court_proposed": ("提出诉讼", "Suit proposed"),
        "court_agreed": ("同意诉讼", "Suit agreed to"),
        "court_refused": ("否决诉讼", "Suit turned down"),
        "court": ("移交诉讼", "Handed over to court"),
        "placed": ("委外", "Placed with an agency"),
        "taken_back": ("收回", "Taken back"),
    },
    "promise_state": {
        "open": ("待履约", "Open"),
        "kept": ("已履约", "Kept"),
        "partial": ("部分履约", "Partly kept"),
        "broken": ("失约", "Broken"),
        "replaced": ("已替换", "Replaced"),
    },
    "collection_arm": {
        "champion": ("现行", "Champion"),
        "challenger": ("挑战", "Challenger"),
        "": ("", ""),
    },
}  # fmt: skip
