"""The warning desk as a Django application."""

from django.apps import AppConfig


class WarningConfig(AppConfig):
    """Cases of early warning."""

    name = "postloan.desk.warning"
    label = "warning"

    def ready(self) -> None:
        """Make its list and its words known."""
        from postloan.desk.warning import lists, words  # noqa: F401, PLC0415 - register by being imported
