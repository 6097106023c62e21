"""Disposal as a Django application."""

from django.apps import AppConfig


class DisposalConfig(AppConfig):
    """Legal clocks; they are read from the snapshot and kept nowhere else."""

    name = "postloan.desk.disposal"
    label = "disposal"

    def ready(self) -> None:
        """Make its list, its words and its exceptions known."""
        from postloan.desk.disposal import exceptional, lists, words  # noqa: F401, PLC0415 - register themselves
