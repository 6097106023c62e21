"""The desk of visits as a Django application."""

from django.apps import AppConfig


class VisitConfig(AppConfig):
    """Visits, and the photos taken on them."""

    name = "postloan.desk.visit"
    label = "visit"

    def ready(self) -> None:
        """Make its list known."""
        from postloan.desk.visit import lists  # noqa: F401, PLC0415 - registers by being imported
