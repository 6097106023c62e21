"""What work is about, in words: an item keeps a word and what fills it, so that each reader has it in his language."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.lists.form import Said

_SAYS: dict[str, tuple[Said, Callable[[str], str]]] = {}


def register_told(word: str, said: Said, about: Callable[[str], str] = str) -> None:
    """Make a word known: the sentence that says it, with one blank, and how what fills the blank is said."""
    _SAYS[word] = said, about


def told_said(told: str) -> str:
    """Say what was told by a known word; anything else says itself."""
    word, _space, about = told.partition(" ")
    if word not in _SAYS:
        return told
    said, about_said = _SAYS[word]
    return str(said) % about_said(about)


register_told("DPD", _("逾期 %s 天"))
