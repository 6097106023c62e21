"""Reports as a Django application; it has no tables of its own."""

from django.apps import AppConfig


class ReportConfig(AppConfig):
    """The cockpit and the report centre."""

    name = "postloan.desk.report"
    label = "report"

    def ready(self) -> None:
        """Make the sets of loans behind its figures known."""
        from postloan.desk.report import sets  # noqa: F401, PLC0415 - registers by being imported
