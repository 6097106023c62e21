"""What a request may be: how many posts a minute one account sends, how many bytes, and only text that can be kept."""

import time
from collections.abc import Hashable, Iterator
from ipaddress import ip_address
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from postloan.desk.core.models import Officer
from postloan.errors import FormWrong, PostloanError

KEY_MOST = 2**63 - 1
_SECONDS = 60
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class TooManyPosts(PostloanError):
    """An account posts more often than people, or the systems of a bank, do."""

    code = "PL-D42"


class PostTooLarge(PostloanError):
    """A post holds more bytes than anything that the desk takes."""

    code = "PL-D43"


class Pace:
    """How often each of many may do something: so many times at once, and as many again within a minute.

    Counted in this process: as many processes as serve the desk, so many times the figure.
    """

    def __init__(self) -> None:
        self._left: dict[Hashable, tuple[float, float]] = {}
        self._lock = Lock()

    def wait_seconds(self, who: Hashable, a_minute: int, *, at: float) -> float:
        """Count one more, at an instant in seconds. Returns 0, or how long it is too early; then it is not counted."""
        with self._lock:
            left, before = self._left.get(who, (float(a_minute), at))
            left = min(a_minute, left + (at - before) * a_minute / _SECONDS)
            is_free = left >= 1
            self._left[who] = (left - is_free, at)
        return 0 if is_free else (1 - left) * _SECONDS / a_minute


PACE = Pace()


def check_pace(officer: Officer, kind: str, a_minute: int) -> None:
    """Stop an account that posts too often. Raises TooManyPosts, which tells when to come again.

    kind  how it came: what people do and what a system does under the same account is counted apart.
    """
    seconds = PACE.wait_seconds((kind, officer.pk), a_minute, at=time.monotonic())
    if seconds:
        raise TooManyPosts(
            message=_("操作过于频繁，请稍后再试。"), hint=_("每分钟最多提交 %s 次。") % a_minute,
            where={"retry_after_seconds": int(seconds) + 1},
        )  # fmt: skip


def check_request(request: HttpRequest) -> None:
    """Hold a request against the bounds before anything of it is read or done.

    Raises PostTooLarge, TooManyPosts; FormWrong where a value holds a character that no database keeps.
    """
    is_post = request.method not in {"GET", "HEAD", "OPTIONS"}
    if is_post:
        officer = request.user if isinstance(request.user, Officer) else None
        _check_bytes(request, settings.POST_BYTES_MOST if officer else settings.POST_BYTES_MOST_OF_ANYBODY)
        if officer:
            check_pace(officer, "session", settings.POSTS_A_MINUTE)
    if any("\0" in each for each in _given(request, has_form=is_post and request.content_type in _FORMS)):
        raise FormWrong(message=_("提交的内容含有不可接受的字符。"), hint=_("请去掉不可见字符后再提交。"))


def _check_bytes(request: HttpRequest, most: int) -> None:
    written = request.META.get("CONTENT_LENGTH") or "0"
    if not written.isdecimal() or int(written) > most:
        raise PostTooLarge(
            message=_("提交的内容过大。"), hint=_("请分次上传，每次不超过 %s MB。") % (most // 2**20),
            where={"bytes": written[:20]},
        )  # fmt: skip


def _given(request: HttpRequest, *, has_form: bool) -> Iterator[str]:
    yield request.path_info
    for sent in (request.GET, request.POST) if has_form else (request.GET,):
        for name, values in sent.lists():
            yield name
            yield from (each for each in values if isinstance(each, str))


class PlainParser(Parser):
    """Reads the JSON of a request. Raises ValueError where a text of it holds what no database keeps."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Read it: neither the character 0 nor half a pair of surrogates is text."""
        read = super().parse_body(request)
        left: list[Any] = [read]
        while left:
            held = left.pop()
            if isinstance(held, dict):
                left += [*held.keys(), *held.values()]
            elif isinstance(held, list):
                left += held
            elif isinstance(held, str) and ("\0" in held or not _is_whole(held)):
                raise ValueError("a text that is none")
        return read


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def client_address(address: str, forwarded: str, proxies: int) -> str:
    """The address of whoever asks, behind so many proxies of the bank's own: what the first of them saw.

    forwarded  X-Forwarded-For. What stands in it before that was written by whoever asks, and says nothing.
    """
    seen = [each.strip() for each in forwarded.split(",")]
    if not 0 < proxies <= len(seen):
        return address
    try:
        return str(ip_address(seen[-proxies]))
    except ValueError:
        return address
