"""The outbox as a Django application."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Messages, and what became of them."""

    name = "postloan.desk.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Make its list known."""
        from postloan.desk.outbox import lists  # noqa: F401, PLC0415 - registers by being imported
