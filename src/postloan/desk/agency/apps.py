"""Outside agencies as a Django application."""

from django.apps import AppConfig


class AgencyConfig(AppConfig):
    """Agencies, placements, reports, bills and evaluations."""

    name = "postloan.desk.agency"
    label = "agency"

    def ready(self) -> None:
        """Make its lists known, and bind agencies to the debtors that are placed with them."""
        from postloan.desk.agency import limits, lists  # noqa: F401, PLC0415 - register by being imported
