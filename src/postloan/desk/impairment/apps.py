"""Impairment as a Django application."""

from django.apps import AppConfig


class ImpairmentConfig(AppConfig):
    """Sign-offs of runs, and what people propose of single loans."""

    name = "postloan.desk.impairment"
    label = "impairment"

    def ready(self) -> None:
        """Make its lists, its sets of loans and its exceptions known."""
        from postloan.desk.impairment import exceptional, lists, sets  # noqa: F401, PLC0415 - register when imported
