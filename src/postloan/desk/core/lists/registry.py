"""The lists that there are: a page draws one, an export writes one, by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from postloan.desk.core.lists.drawn import DrawnList, draw
from postloan.desk.core.lists.form import ListForm, Source
from postloan.desk.core.pages import Desk
from postloan.errors import NotFoundHere


@dataclass(frozen=True)
class DeskList:
    """A list of a desk.

    action  the grant that opens it; its offices are those whose rows are shown.
    form    what it is, for a desk: choices and tabs depend on the day.
    source  its rows, those of the desk's offices and no others.
    """

    name: str
    action: str
    form: Callable[[Desk], ListForm]
    source: Callable[[Desk, ListForm], Source]

    def drawn(self, request: HttpRequest, desk: Desk) -> DrawnList:
        """Draw it for a request."""
        form = self.form(desk)
        return draw(request, desk.officer, form, self.source(desk, form))


_LISTS: dict[str, DeskList] = {}


def register(desk_list: DeskList) -> DeskList:
    """Make a list known by its name."""
    _LISTS[desk_list.name] = desk_list
    return desk_list


def list_named(name: str) -> DeskList:
    """Find a list. Raises NotFoundHere."""
    if name not in _LISTS:
        raise NotFoundHere(message=_("没有这个列表。"), hint=_("请从菜单进入。"), where={"list": name})
    return _LISTS[name]


def lists() -> Mapping[str, DeskList]:
    """Every list by its name."""
    return dict(_LISTS)
