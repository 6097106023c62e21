"""Approval as a Django application."""

from django.apps import AppConfig


class ApprovalConfig(AppConfig):
    """Cases and their steps."""

    name = "postloan.desk.approval"
    label = "approval"

    def ready(self) -> None:
        """Make its list known."""
        from postloan.desk.approval import lists  # noqa: F401, PLC0415 - registers by being imported
