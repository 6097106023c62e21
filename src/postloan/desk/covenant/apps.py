"""Covenants as a Django application."""

from django.apps import AppConfig


class CovenantConfig(AppConfig):
    """Notices, waivers and cures of covenants, and uploads of statements."""

    name = "postloan.desk.covenant"
    label = "covenant"

    def ready(self) -> None:
        """Make its lists known."""
        from postloan.desk.covenant import lists  # noqa: F401, PLC0415 - registers when imported
