"""Restructuring as a Django application."""

from django.apps import AppConfig


class RestructureConfig(AppConfig):
    """Options, offers, consents and agreements of restructurings and waivers."""

    name = "postloan.desk.restructure"
    label = "restructure"

    def ready(self) -> None:
        """Make its lists known, and what is under way."""
        from postloan.desk.restructure import lists, under_way  # noqa: F401, PLC0415 - register when imported
