"""Arrived events as a Django application."""

from django.apps import AppConfig


class ArrivalConfig(AppConfig):
    """Events judged on arrival, and the names in texts."""

    name = "postloan.desk.arrival"
    label = "arrival"

    def ready(self) -> None:
        """Make its lists known, and what it hands over with a day."""
        from postloan.desk.arrival import lists  # noqa: F401, PLC0415 - register by being imported
        from postloan.desk.arrival.handing import actions  # noqa: F401, PLC0415
