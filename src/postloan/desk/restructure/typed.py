"""An option as it is typed: fields of one column, read into the changes that it would make, in a fixed order."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from postloan.desk.core.forms import AMOUNT
from postloan.desk.core.lists.cells import language
from postloan.desk.inspection.opening.due import months_later
from postloan.plan.options import Change
from postloan.rules.restructuring_rules import Preset
from postloan.tables.said import said

WAIVED = ("fee", "penalty", "compound", "interest")
CAPITALISED = ("interest", "penalty", "compound")
FIELDS = (
    "extension", "rate", "deferral", "capitalise", "reamortise", "split", *(f"waive_{part}" for part in WAIVED),
    "write_off",
)  # fmt: skip
"""What may be typed: periods, per cent, months, components, periods or `same`, and amounts."""
SAME = "same"
_WHOLE = re.compile(r"[1-9]\d{0,2}")
_PERCENT = re.compile(r"\d{1,2}(\.\d{1,6})?")
_APPROVER = "approver"
_ADJUSTMENTS = (
    ("write_off", "forgiveness"), ("waiver", "forgiveness"), ("extension", "extension"),
    ("rate_change", "lower_rate"), ("capitalise", "capitalised_interest"), ("deferral", "easier_plan"),
    ("reamortise", "easier_plan"), ("split", "easier_plan"),
)  # fmt: skip
"""What the law calls a change; the first that is among them names the whole."""
_LONGEST = 200


@dataclass(frozen=True)
class Typed:
    """A column as it was typed, what is wrong with it, and the changes it makes; none while there are faults."""

    name: str
    fields: Mapping[str, str]
    faults: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def waived_cents(self) -> int:
        """What is given up of interest, penalty and fees, at most."""
        return sum(int(Decimal(each.terms["amount"]) * 100) for each in self.changes if each.kind == "waiver")

    @property
    def off_cents(self) -> int:
        """The principal that is written off."""
        return off_cents_of(self.changes)


def off_cents_of(changes: Iterable[Change]) -> int:
    """The principal that changes write off."""
    return sum(int(Decimal(each.terms["principal"]) * 100) for each in changes if each.kind == "write_off")


def read_typed(given: Mapping[str, str], place: int, loan: Mapping[str, Any], *, name: str) -> Typed:
    """Read the column of a place: `extension-1`, `rate-1`, ...; nothing typed is no change.

    loan  its published row: the next due day is the one that a deferral moves.
    """
    fields = {field: given.get(f"{field}-{place}", "").replace(",", "").strip()[:_LONGEST] for field in FIELDS}
    return typed_of(fields, loan, name=name)


def typed_of(fields: Mapping[str, str], loan: Mapping[str, Any], *, name: str) -> Typed:
    """Check the fields of a column, and say what they would change."""
    faults = [
        _("“%(field)s”填写不对：%(typed)s") % {"field": said("option_field", field, language()), "typed": typed}
        for field, typed in fields.items()
        if typed and not _is_right(field, typed)
    ]
    if fields["deferral"] and loan["next_due_on"] is None:
        faults.append(_("没有尚未到期的期供，不能延期。"))
    return Typed(name, fields, tuple(faults), () if faults else tuple(_changes(fields, loan["next_due_on"])))


def preset_fields(preset: Preset, loan: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields of an option that a comparison begins with."""
    fields = dict.fromkeys(FIELDS, "") | dict(preset.typed)
    if preset.rate_share_e8 is not None:
        rate = Decimal(loan["rate_in_force_e8"]) * preset.rate_share_e8 / Decimal(10**14)
        fields["rate"] = f"{rate.quantize(Decimal('0.0001')).normalize():f}"
    return fields


def name_of(preset: Preset) -> str:
    """What an option to begin with is called."""
    return preset.zh if language() == "zh" else preset.en


def adjustment_of(changes: tuple[Change, ...]) -> str:
    """What the law calls what is done."""
    kinds = {change.kind for change in changes}
    return next((name for kind, name in _ADJUSTMENTS if kind in kinds), "other_easing")


def _is_right(field: str, typed: str) -> bool:
    if field in {"extension", "deferral"}:
        return bool(_WHOLE.fullmatch(typed))
    if field == "rate":
        return bool(_PERCENT.fullmatch(typed))
    if field == "capitalise":
        return set(typed.split()) <= set(CAPITALISED)
    if field == "reamortise":
        return typed == SAME or bool(_WHOLE.fullmatch(typed))
    return bool(AMOUNT.fullmatch(typed)) and Decimal(typed) > 0


def _changes(fields: Mapping[str, str], next_due_on: date | None) -> list[Change]:
    """What was typed as decisions of a day, one after the other: what is given up first, the schedule last."""
    made = [
        Change("waiver", {"component": part, "amount": fields[f"waive_{part}"]})
        for part in WAIVED
        if fields[f"waive_{part}"]
    ]
    if fields["write_off"]:
        made.append(Change("write_off", {"principal": fields["write_off"], "interest": "0", "ground": _APPROVER}))
    if fields["capitalise"]:
        made.append(_agreed("capitalise", components=fields["capitalise"].split()))
    if fields["reamortise"]:
        periods = {} if fields["reamortise"] == SAME else {"periods": int(fields["reamortise"])}
        made.append(_agreed("reamortise", **periods))
    if fields["rate"]:
        made.append(_agreed("rate_change", annual_rate=f"{(Decimal(fields['rate']) / 100).normalize():f}"))
    if fields["deferral"] and next_due_on is not None:
        later_on = months_later(next_due_on, int(fields["deferral"]))
        made.append(_agreed("deferral", due_on=next_due_on.isoformat(), new_due_on=later_on.isoformat()))
    if fields["extension"]:
        made.append(_agreed("extension", periods=int(fields["extension"])))
    if fields["split"]:
        made.append(_agreed("split", amount=fields["split"]))
    return made


def _agreed(kind: str, **terms: Any) -> Change:
    """A change that names its approver; who that is is known when it is approved."""
    return Change(kind, {**terms, _APPROVER: _APPROVER})
