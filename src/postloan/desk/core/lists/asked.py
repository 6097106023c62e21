"""What an officer asked of a list: the tab, the answers to its filters, the order, the page and the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from postloan.desk.core.forms import CENTS_DIGITS
from postloan.desk.core.lists.form import Column, Filter, ListForm
from postloan.errors import FormWrong

SIZES = (20, 50, 100, 200)
_LONGEST_TEXT = 100
_CARRIED = ("on",)


@dataclass(frozen=True)
class Asked:
    """A question to a list, as its address says it.

    values    the answers to filters that the officer gave, the tab's not among them.
    carried   what the address also holds and keeps: the business day.
    """

    tab: str
    values: Mapping[str, str]
    sort: str
    page: int
    size: int
    columns: tuple[Column, ...]
    carried: Mapping[str, str]

    def all_values(self, form: ListForm) -> dict[str, str]:
        """The tab's answers and the officer's; where both answer, the officer's."""
        return {**form.tab(self.tab).values, **self.values}

    def kept(self, form: ListForm) -> dict[str, str]:
        """The answers that stay when another tab is opened."""
        return {name: self.values[name] for name in form.keeps if name in self.values}

    def query(self, form: ListForm, **changes: object) -> str:
        """The address of the same question with something changed; what stands at its default is left out."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        first = form.tab(None).name
        parts: dict[str, object] = {**changed.carried, **changed.values}
        parts |= {"tab": changed.tab} if changed.tab != first else {}
        parts |= {"sort": changed.sort} if changed.sort != form.order else {}
        parts |= {"page": changed.page} if changed.page != 1 else {}
        return "?" + urlencode(parts)


def read_asked(form: ListForm, given: Mapping[str, str], *, columns: Sequence[str] = (), size: int = SIZES[0]) -> Asked:
    """Read the question from an address; `columns` and `size` are the officer's preferences.

    Raises FormWrong where a filter is answered with what is no number, no day or not one of the choices.
    """
    values = {}
    for each in form.filters:
        answer = given.get(each.name, "").strip()
        if answer:
            values[each.name] = _checked(each, answer)
    sort = given.get("sort", form.order)
    if form.column(sort.removeprefix("-")) is None:
        sort = form.order
    page = given.get("page", "1")
    shown = [form.column(name) for name in columns]
    chosen = tuple(column for column in shown if column) or tuple(each for each in form.columns if each.is_shown)
    return Asked(
        tab=form.tab(given.get("tab")).name,
        values=values,
        sort=sort,
        page=int(page) if page.isdecimal() and 0 < len(page) < 9 and int(page) else 1,  # noqa: PLR2004
        size=size if size in SIZES else SIZES[0],
        columns=chosen,
        carried={name: given[name] for name in _CARRIED if given.get(name)},
    )


def answer_of(each: Filter, answer: str) -> int | date | str:
    """An answer as the field holds it: money in cents, days whole, a day as a date."""
    if each.kind == "money":
        return int((Decimal(answer.replace(",", "")) * 100).to_integral_value())
    if each.kind in {"days", "count"}:
        return int(answer)
    if each.kind == "date":
        return date.fromisoformat(answer)
    return answer


def _refuse_long(answer: int | date | str) -> None:
    if isinstance(answer, int) and abs(answer) >= 10**CENTS_DIGITS:
        raise ValueError(answer)  # neither a frame nor a database holds a number of so many digits


def _checked(each: Filter, answer: str) -> str:
    try:
        _refuse_long(answer_of(each, answer))
    except (ValueError, ArithmeticError):
        raise FormWrong(
            message=_("“%(filter)s”不能是“%(answer)s”。") % {"filter": each.header, "answer": answer[:40]},
            hint=_("金额写成 10000.00，天数写整数，日期写成 2024-03-31。"),
            where={"field": each.name},
        ) from None
    known = {value for value, _said in each.options()} if each.ask == "one_of" and each.choices else None
    if len(answer) > _LONGEST_TEXT or (known is not None and answer not in known):
        raise FormWrong(
            message=_("“%(filter)s”没有“%(answer)s”这一项。") % {"filter": each.header, "answer": answer[:40]},
            hint=_("请从列表中选择。"),
            where={"field": each.name},
        )
    return answer
