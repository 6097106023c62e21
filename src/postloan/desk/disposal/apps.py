"""Disposal as a Django application."""

from django.apps import AppConfig


class DisposalConfig(AppConfig):
    """Cases of disposal, and legal clocks, which are read from the snapshot and kept nowhere else."""

    name = "postloan.desk.disposal"
    label = "disposal"

    def ready(self) -> None:
        """Make its lists, words and exceptions known, and what it hands over with a day."""
        from postloan.desk.core.decisions.beside import register_beside  # noqa: PLC0415
        from postloan.desk.core.decisions.rows import rows_beside  # noqa: PLC0415
        from postloan.desk.disposal import case_lists, exceptional, lists, words  # noqa: F401, PLC0415 - register
        from postloan.desk.disposal.courts.legal_rows import COLUMNS, TABLE  # noqa: PLC0415

        register_beside(rows_beside(TABLE, COLUMNS))
