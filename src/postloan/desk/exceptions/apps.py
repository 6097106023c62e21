"""The register of exceptions as a Django application; it has no tables of its own."""

from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    """The operational-risk view."""

    name = "postloan.desk.exceptions"
    label = "exceptions"

    def ready(self) -> None:
        """Make its list and its own sources known."""
        from postloan.desk.exceptions import from_nights, from_portfolio, from_work, lists  # noqa: F401, PLC0415 - register themselves
