"""What a page that work or an exception leads to asks of whoever opens it."""

from urllib.parse import urlsplit

from django.urls import resolve


def action_of(page: str) -> str:
    """The grant that opens a page of the site, by its address."""
    action: str = resolve(urlsplit(page).path).func.action  # type: ignore[attr-defined]
    return action
