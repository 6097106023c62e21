"""The worklist as a Django application; its tables are the core's."""

from django.apps import AppConfig


class WorklistConfig(AppConfig):
    """Work of the day."""

    name = "postloan.desk.worklist"
    label = "worklist"

    def ready(self) -> None:
        """Make its list known."""
        from postloan.desk.worklist import lists  # noqa: F401, PLC0415 - registers by being imported
