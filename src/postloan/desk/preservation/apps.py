"""Asset preservation as a Django application."""

from django.apps import AppConfig


class PreservationConfig(AppConfig):
    """Hand-overs, routes, counsel, packages, repossessed assets and accountability."""

    name = "postloan.desk.preservation"
    label = "preservation"

    def ready(self) -> None:
        """Make its lists and its words known, and what is under way."""
        from postloan.desk.preservation import lists, under_way, words  # noqa: F401, PLC0415 - register by being imported
