"""The provisions of one loan as lines a banker can check: the balance, the share, what it makes and the clause."""

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
    loan, rates, reserve = story.loan, story.policy.provision_rates, story.policy.general_reserve
    if loan["status"] != "active" or loan["exposure_kind"] not in rates.counted.exposure_kinds:
        return []
    figures: list[tuple[str, int, str]] = [("general", rates.general.share_e8, str(rates.general.cite))]
    for rate in rates.specific:
        if rate.tier == loan["tier"]:
            figures.append(("specific", rate.share_e8, loan["specific_provision_cite"] or ""))
    for share in rates.special_shares:
        if str(share.cite) == loan["special_provision_cite"]:
            figures.append(("special", share.share_e8, str(share.cite)))
    for factor in reserve.factors if reserve else ():
        if factor.tier == loan["tier"]:
            figures.append(("standard_method", factor.share_e8, str(factor.cite)))
    column = {"standard_method": "standard_method_cents"}
    return [
        ProvisionLine(
            kind, loan["own_share_outstanding_cents"], written_share(share_e8),
            loan[column.get(kind, f"{kind}_provision_cents")], cite,
        )
        for kind, share_e8, cite in figures
    ]  # fmt: skip
