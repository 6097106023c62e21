"""The lending door as a Django application."""

from django.apps import AppConfig


class LendingConfig(AppConfig):
    """Freezes, and what the lending system is told."""

    name = "postloan.desk.lending"
    label = "lending"

    def ready(self) -> None:
        """Make its list known."""
        from postloan.desk.lending import lists  # noqa: F401, PLC0415 - registers by being imported
