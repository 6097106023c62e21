"""Guarantee circles as a Django application."""

from django.apps import AppConfig


class CircleConfig(AppConfig):
    """Graphs, circles and what de-risking one brings; it keeps nothing in the database."""

    name = "postloan.desk.circle"
    label = "circle"

    def ready(self) -> None:
        """Make its list known."""
        from postloan.desk.circle import lists  # noqa: F401, PLC0415 - registers by being imported
