"""What of asset preservation is granted, and the rules that it works by on a day."""

from postloan.desk.core.days import BusinessDay
from postloan.rules.desk_rules import load_desk_rules
from postloan.rules.preservation_desk import PreservationDesk

READ, WRITE, REVIEW = "preservation.read", "preservation.write", "preservation.review"
RECEIVE, APPROVE, VOTE = "preservation.receive", "preservation.approve", "preservation.vote"


def rules_on(day: BusinessDay) -> PreservationDesk:
    """The rules of a business day. Source  rulebook: preservation (PRA-14, DSP-05 to DSP-09, DSP-13)."""
    return load_desk_rules(day.home).version("preservation", PreservationDesk, day.on)
