"""The inspection desk as a Django application."""

from django.apps import AppConfig


class InspectionConfig(AppConfig):
    """Inspections, their files and findings, and supervision."""

    name = "postloan.desk.inspection"
    label = "inspection"

    def ready(self) -> None:
        """Make its lists and its words known."""
        from postloan.desk.inspection import causes, lists  # noqa: F401, PLC0415 - registers by being imported
