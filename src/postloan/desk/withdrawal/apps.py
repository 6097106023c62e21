"""Withdrawals as a Django application."""

from django.apps import AppConfig


class WithdrawalConfig(AppConfig):
    """Decisions, and their withdrawals."""

    name = "postloan.desk.withdrawal"
    label = "withdrawal"

    def ready(self) -> None:
        """Make its list known."""
        from postloan.desk.withdrawal import lists  # noqa: F401, PLC0415 - registers by being imported
