"""The provisions of one loan as lines a banker can check: the balance, the share, what it makes and the clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from postloan.plan.why import Why
from postloan.rules.figures import written_share


@dataclass(frozen=True)
class ProvisionLine:
    """One provision of one loan; `share` is written as per cent."""

    kind: str
    balance_cents: int
    share: str
    cents: int
    cite: str


def provision_lines(story: Why) -> list[ProvisionLine]:
    """Set out every provision the loan bears, the general one first; nothing of a loan off the book."""
    loan, rates = story.loan, story.policy.provision_rates
    if loan["status"] != "active" or loan["exposure_kind"] not in rates.counted.exposure_kinds:
        return []
    balance_cents = loan["own_share_outstanding_cents"]
    return [
        ProvisionLine(kind, balance_cents, written_share(share_e8), loan[column], cite)
        for kind, column, share_e8, cite in _figures(story)
    ]


def _figures(story: Why) -> Iterator[tuple[str, str, int, str]]:
    """Name each figure that the loan met: kind, published column, share, clause."""
    loan, rates, reserve = story.loan, story.policy.provision_rates, story.policy.general_reserve
    yield "general", "general_provision_cents", rates.general.share_e8, str(rates.general.cite)
    for rate in rates.specific:
        if rate.tier == loan["tier"]:
            yield "specific", "specific_provision_cents", rate.share_e8, str(rate.cite)
    for share in rates.special_shares:
        if str(share.cite) == loan["special_provision_cite"]:
            yield "special", "special_provision_cents", share.share_e8, str(share.cite)
    for factor in reserve.factors if reserve else ():
        if factor.tier == loan["tier"]:
            yield "standard_method", "standard_method_cents", factor.share_e8, str(factor.cite)
