"""The book as a Django application; it has no tables of its own."""

from django.apps import AppConfig


class BookConfig(AppConfig):
    """Pages over snapshots."""

    name = "postloan.desk.book"
    label = "book"

    def ready(self) -> None:
        """Make its lists known."""
        from postloan.desk.book import lists  # noqa: F401, PLC0415 - registers by being imported
