"""A bank whose days are made from a seed: who pays, who stops, what is reversed, and what turns out to have been wrong.

It keeps the truth that the invariants are held against: every loan that was lent and every payment as it is known best.
"""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

Row = dict[str, Any]
Tables = dict[str, list[Row]]

BEGINS_ON = date(2024, 1, 1)
"""The day of the take-on; the first night is of the day after."""
_KINDS = [("person", "none"), ("sole_trader", "micro"), ("company", "small"), ("company", "large")]
_METHODS = ["level_instalment", "equal_principal", "flat_rate", "interest_only", "bullet", "daily_interest"]
_PAYS = {"well": 0.97, "slowly": 0.12, "hardly": 0.01}
"""The chance that who is asked for money pays it that day."""
_OFFICES = ("010", "020", "021")
_HISTORY_MONTHS, _LATER_SHARE = 24, 0.15
_ARREARS = ("overdue_principal_cents", "overdue_interest_cents", "overdue_fee_cents", "penalty_cents", "compound_cents")


class LivingBank:
    """The bank and its truth.

    loans      every loan lent so far, by its identifier, as the feed says it.
    delivered  the payments of each feed day of the core, as they were delivered last.
    """

    def __init__(self, loans: int, nights: int, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same year every time
        self.loans: dict[str, Row] = {}
        self.debtors: dict[str, Row] = {}
        self.delivered: dict[date, list[Row]] = {}
        self._pays: dict[str, str] = {}
        self._to_come: list[Row] = []
        self._numbers = 0
        self._draw(loans, nights)

    def take_on(self) -> Tables:
        """The first delivery: offices, debtors, the loans lent before, and what was paid on them."""
        orgs = [{"org_id": "000", "parent_id": None, "name": "head office", "level": "head", "region_code": "110000"}]
        orgs += [{"org_id": at, "parent_id": "000", "name": f"office {at}", "level": "branch", "region_code": "110108"}
                 for at in _OFFICES]  # fmt: skip
        self.delivered[BEGINS_ON] = [row for loan in self.loans.values() for row in self._history(loan)]
        return {
            "org": orgs, "debtor": list(self.debtors.values()), "loan": list(self.loans.values()),
            "payment": self.delivered[BEGINS_ON],
        }  # fmt: skip

    def day(self, on: date, known: pl.DataFrame) -> Tables:
        """What the core delivers with a day, of borrowers who were asked for what was published the day before."""
        lent = [row for row in self._to_come if row["disbursed_on"] == on]
        self.loans |= {row["loan_id"]: row for row in lent}
        paid = [row for row in (self._paid(each, on) for each in known.to_dicts()) if row is not None]
        earlier = self.delivered.get(on - timedelta(days=1), [])
        takes_back = [row for row in earlier if row["reverses_payment_id"] is None and self._chance.random() < 0.01]
        paid += [row | {"payment_id": self._number(), "paid_on": on, "reverses_payment_id": row["payment_id"]}
                 for row in takes_back]  # fmt: skip
        self.delivered[on] = paid
        return {"loan": lent, "payment": paid}

    def correction(self, on: date) -> tuple[date, Tables, set[str]] | None:
        """Another delivery of a past day, in place of the one that was wrong: one forgotten, one wrong, one never paid.

        Returns the day, the tables, and the loans of either delivery; None where there is no day to correct.
        """
        taken_back = {row["reverses_payment_id"] for rows in self.delivered.values() for row in rows}
        days = [day for day in self.delivered if max(BEGINS_ON, on - timedelta(days=40)) < day < on]
        if not days:
            return None
        day = self._chance.choice(days)
        sure = [row for row in self.delivered[day]
                if row["payment_id"] in taken_back or row["reverses_payment_id"] is not None]  # fmt: skip
        doubted = [row for row in self.delivered[day] if row not in sure]
        self._chance.shuffle(doubted)
        if doubted:
            doubted.pop()
        if doubted:
            doubted[0] = doubted[0] | {"amount": doubted[0]["amount"] + Decimal("0.01")}
        # Of a loan in arrears, where there is one: cash of one that is not waits, and changes nothing that is compared.
        known = [each for each in self.loans.values() if each["disbursed_on"] <= BEGINS_ON - timedelta(days=60)]
        late = [each for each in known if self._pays[each["loan_id"]] != "well" and each["method"] != "bullet"]
        loan = self._chance.choice(late or known)
        forgotten = self._payment(loan["loan_id"], day, (loan["principal"] / 4).quantize(Decimal("0.01")))
        loans = {each["loan_id"] for each in [*self.delivered[day], forgotten]}
        self.delivered[day] = [*sure, *doubted, forgotten]
        lent = [each for each in self._to_come if each["disbursed_on"] == day]
        return day, {"loan": lent, "payment": self.delivered[day]}, loans

    def received_cents(self, on: date) -> dict[str, int]:
        """What came in on each loan up to a day, less what was taken back: the truth, as it is known now."""
        came = dict.fromkeys((each["loan_id"] for each in self.lent(on)), 0)
        for rows in self.delivered.values():
            for row in rows:
                if row["paid_on"] <= on:
                    sign = 1 if row["reverses_payment_id"] is None else -1
                    came[row["loan_id"]] += sign * int(row["amount"] * 100)
        return came

    def lent(self, on: date) -> list[Row]:
        """The loans paid out up to a day."""
        return [each for each in self.loans.values() if each["disbursed_on"] <= on]

    def _draw(self, loans: int, nights: int) -> None:
        chance, made = self._chance, 0
        while made < loans:
            form, size = chance.choice(_KINDS)
            debtor_id = f"D{len(self.debtors):05d}"
            self.debtors[debtor_id] = {
                "debtor_id": debtor_id, "name": f"debtor {len(self.debtors)}", "legal_form": form, "size_class": size,
                "industry_code": None, "region_code": "110000",
            }  # fmt: skip
            for _ in range(min(chance.randint(1, 5), loans - made)):
                loan = self._loan(f"L{made:05d}", debtor_id, nights)
                self._pays[loan["loan_id"]] = chance.choices([*_PAYS], [0.8, 0.12, 0.08])[0]
                if loan["disbursed_on"] > BEGINS_ON:
                    self._to_come.append(loan)
                else:
                    self.loans[loan["loan_id"]] = loan
                made += 1

    def _loan(self, loan_id: str, debtor_id: str, nights: int) -> Row:
        chance, months = self._chance, self._chance.choice([12, 24, 36])
        days_ago = chance.randint(0, 30 * min(months, _HISTORY_MONTHS) - 1)
        is_later = chance.random() < _LATER_SHARE
        begins = BEGINS_ON + timedelta(days=chance.randint(1, nights) if is_later else -days_ago)
        return {
            "loan_id": loan_id, "debtor_id": debtor_id, "org_id": chance.choice(_OFFICES),
            "product": chance.choice(["consumer", "working"]), "currency": "CNY",
            "principal": Decimal(1_000 * chance.randint(1, 500)), "disbursed_on": begins,
            "matures_on": months_later(begins, months), "annual_rate": Decimal(chance.choice(["0.0345", "0.12"])),
            "method": chance.choice(_METHODS), "day_count": chance.choice(["30/360", "ACT/360", "ACT/365"]),
        }  # fmt: skip

    def _history(self, loan: Row) -> list[Row]:
        if loan["method"] in {"bullet"}:
            return []
        stops = 0 if self._pays[loan["loan_id"]] == "well" else self._chance.randint(1, 9)
        due = [months_later(loan["disbursed_on"], month) for month in range(1, _HISTORY_MONTHS + 1)]
        paid_on = [day for day in due if day <= min(BEGINS_ON, loan["matures_on"])]
        return [self._payment(loan["loan_id"], day, self._usual(loan)) for day in paid_on[: len(paid_on) - stops]]

    def _usual(self, loan: Row) -> Decimal:
        """About what falls due in a month; what is too much waits for the next due day."""
        months = (loan["matures_on"] - loan["disbursed_on"]).days // 30
        parts = 0 if loan["method"] in {"interest_only", "bullet", "daily_interest"} else 1
        amount = loan["principal"] * (Decimal(parts) / months + loan["annual_rate"] / 11)
        return amount.quantize(Decimal("0.01"))

    def _paid(self, known: Row, on: date) -> Row | None:
        """What a borrower pays today: what is due, what is overdue, a part of it, more, or all."""
        loan_id, chance = known["loan_id"], self._chance
        arrears = sum(known[name] for name in _ARREARS)
        is_due = known["next_due_on"] == on
        if known["status"] != "active" or not (arrears or is_due):
            return None
        if chance.random() < 0.004:
            self._pays[loan_id] = chance.choice([*_PAYS])
        if chance.random() >= _PAYS[self._pays[loan_id]]:
            return None
        loan, cents = self.loans[loan_id], arrears
        if is_due:
            ends = loan["matures_on"] <= on
            cents += known["outstanding_cents"] * 103 // 100 if ends else int(self._usual(loan) * 100)
        part = chance.choices([1.0, 0.5, 1.4, 0.0], [0.8, 0.1, 0.08, 0.02])[0]
        amount = int(cents * part) if part else known["outstanding_cents"] + cents
        return self._payment(loan_id, on, Decimal(max(amount, 1)) / 100)

    def _payment(self, loan_id: str, on: date, amount: Decimal) -> Row:
        return {"payment_id": self._number(), "loan_id": loan_id, "paid_on": on, "amount": amount,
                "reverses_payment_id": None}  # fmt: skip

    def _number(self) -> str:
        self._numbers += 1
        return f"P{self._numbers:07d}"


def months_later(day: date, months: int) -> date:
    """The same day of a later month, the 28th at most."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, min(day.day, 28))
