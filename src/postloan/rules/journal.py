"""The shape of the rule of the journal: which account of the general ledger each use of an entry has."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from postloan.rules.figures import Cited, Version, Words

Use = Literal[
    "loan", "allowance", "interest_receivable", "asset_taken", "deposit", "interoffice", "interest_income",
    "impairment_loss", "interest_off_balance", "off_balance_contra",
]  # fmt: skip


class Account(Cited):
    """The account that is used for it."""

    use: Use
    account: Words


class Journal(Version):
    """The accounts of the bank's ledger, one a use."""

    accounts: Annotated[tuple[Account, ...], Field(strict=False)]

    @model_validator(mode="after")
    def every_use_has_its_account(self) -> Self:
        """An entry without an account cannot be made, and one with two is a guess."""
        if sorted(each.use for each in self.accounts) != sorted(get_args(Use)):
            raise ValueError(f"accounts are given once for each of {', '.join(get_args(Use))}")
        return self

    def number(self, use: Use) -> str:
        """The account of a use."""
        return next(each.account for each in self.accounts if each.use == use)
