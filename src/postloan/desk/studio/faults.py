"""What is wrong with a condition, in the reader's language: the rulebook says it in English."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

_KINDS: dict[str, Callable[[], str]] = {
    "a number": lambda: _("数字"), "a text": lambda: _("文字"), "true or false": lambda: _("是否"),
    "a day": lambda: _("日期值"),
}  # fmt: skip
_SAYS: tuple[tuple[str, Callable[[], str]], ...] = (
    (r"is longer than (?P<most>\d+) characters", lambda: _("条件超过 %(most)s 个字符。")),
    (r"has more than (?P<most>\d+) brackets", lambda: _("括号超过 %(most)s 个。")),
    (r"has more than (?P<most>\d+) parts", lambda: _("条件超过 %(most)s 个成分。")),
    (r"is nested too deeply", lambda: _("嵌套过深。")),
    (r"is empty", lambda: _("条件为空。")),
    (
        r"is no SQL expression: (?P<why>.*) at character (?P<place>\d+)",
        lambda: _("第 %(place)s 个字符处不是 SQL 表达式（%(why)s）。"),
    ),
    (r"is no SQL expression: (?P<why>.*)", lambda: _("不是 SQL 表达式（%(why)s）。")),
    (r"asks no feature.*", lambda: _("没有用到任何特征：对每一行结果都相同。")),
    (r"holds a comment", lambda: _("不能写注释。")),
    (r"holds (?P<part>.*), which is not allowed; it may say .*", lambda: _("不允许使用 %(part)s。")),
    (r"asks (?P<part>.*), which is no feature", lambda: _("没有特征 %(part)s。")),
    (r"holds IN of something that is no list of values", lambda: _("IN 后面只能是一组值。")),
    (r"holds a text longer than (?P<most>\d+) characters", lambda: _("文字值超过 %(most)s 个字符。")),
    (
        r"holds the number (?P<part>.*); a number has at most (?P<most>\d+) digits, and no power",
        lambda: _("数字 %(part)s 不行：最多 %(most)s 位，不能用科学计数。"),
    ),
    (
        r"compares (?P<part>\w+) with (?P<word>.*); it is one of (?P<words>.*)",
        lambda: _("%(part)s 没有取值 %(word)s；可取：%(words)s。"),
    ),
    (r"is (?P<kind>a number|a text|a day), neither true nor false", lambda: _("结果是%(kind)s，不是“是否”。")),
    (r"compares what cannot be compared: (?P<why>.*)", lambda: _("比较了不能比较的内容（%(why)s）。")),
    (r"puts (?P<part>.*) in order, which is true or false", lambda: _("%(part)s 是“是否”，不能比较大小。")),
    (
        r"asks (?P<whole>.*) of (?P<part>.*), which is not (?P<kind>a number|a text|true or false|a day)",
        lambda: _("%(whole)s 中的 %(part)s 不是%(kind)s。"),
    ),
    (r"compares (?P<kinds>.*) in (?P<part>.*)", lambda: _("%(part)s 中比较了不同类型的值。")),
)  # fmt: skip


def condition_fault(why: str) -> str:
    """Say why a condition was refused; what is on no list says itself."""
    for pattern, say in _SAYS:
        if found := re.fullmatch(pattern, why, re.DOTALL):
            told = {name: _KINDS[value]() if value in _KINDS else value for name, value in found.groupdict().items()}
            return say() % told
    return why
