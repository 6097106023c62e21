"""Classification as a Django application."""

from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    """Batches of a quarter, their items and sheets."""

    name = "postloan.desk.classification"
    label = "classification"

    def ready(self) -> None:
        """Make its lists known."""
        from postloan.desk.classification import lists  # noqa: F401, PLC0415 - registers by being imported
