"""The collection desk as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """Cases of debtors that are past due."""

    name = "postloan.desk.collection"
    label = "collection"

    def ready(self) -> None:
        """Make its lists known."""
        from postloan.desk.collection import lists  # noqa: F401, PLC0415 - register by being imported
