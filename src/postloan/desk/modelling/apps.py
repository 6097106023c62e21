"""The register of models as a Django application."""

from django.apps import AppConfig


class ModellingConfig(AppConfig):
    """Model cards, what is found of them each month, and alarms."""

    name = "postloan.desk.modelling"
    label = "modelling"

    def ready(self) -> None:
        """Make its lists known."""
        from postloan.desk.modelling import lists  # noqa: F401, PLC0415 - registers by being imported
