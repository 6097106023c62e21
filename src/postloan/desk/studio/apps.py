"""The rule studio as a Django application."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """Changes of warning rules."""

    name = "postloan.desk.studio"
    label = "studio"

    def ready(self) -> None:
        """Make its lists known."""
        from postloan.desk.studio import lists  # noqa: F401, PLC0415 - registers by being imported
