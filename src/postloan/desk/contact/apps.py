"""The contact gate as a Django application."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """Contact points, attempts, complaints, and the ledger of all of it."""

    name = "postloan.desk.contact"
    label = "contact"

    def ready(self) -> None:
        """Make its list and its exceptions known."""
        from postloan.desk.contact import exceptional, lists  # noqa: F401, PLC0415 - register by being imported
