"""Replayed: what published days would have been under another rulebook, counted, and the loans that would move."""

import dataframely as dy

from postloan.tables.checked import Checked
from postloan.tables.units import TIERS


class ReplayCell(Checked):
    """The loans on the book of one day, office, product and pair of tiers: published (then), and replayed (now).

    is_counted      the replayed rules ask for provisions of loans of this kind.
    balance_cents   principal outstanding, the bank's own share; provisions are of it too.
    """

    on = dy.Date()
    org_id = dy.String()
    product = dy.String()
    is_counted = dy.Bool()
    tier_then = dy.Enum(TIERS)
    tier_now = dy.Enum(TIERS)
    loans = dy.Int64(min=0)
    balance_cents = dy.Int64(min=0)
    general_then_cents = dy.Int64(min=0)
    specific_then_cents = dy.Int64(min=0)
    special_then_cents = dy.Int64(min=0)
    general_now_cents = dy.Int64(min=0)
    specific_now_cents = dy.Int64(min=0)
    special_now_cents = dy.Int64(min=0)


class ReplayMove(Checked):
    """A loan on the book of a day on which the replayed tier is not the published one, and the clause that sets it."""

    on = dy.Date()
    loan_no = dy.Int64()
    loan_id = dy.String()
    org_id = dy.String()
    product = dy.String()
    balance_cents = dy.Int64(min=0)
    days_past_due = dy.Int32(min=0)
    tier_then = dy.Enum(TIERS)
    tier_now = dy.Enum(TIERS)
    rule_now = dy.String(nullable=True)
    cite_now = dy.String(nullable=True)
    provisions_then_cents = dy.Int64(min=0)
    provisions_now_cents = dy.Int64(min=0)
