"""Disposal as a Django application."""

from django.apps import AppConfig


class DisposalConfig(AppConfig):
    """Cases of disposal, and legal clocks, which are read from the snapshot and kept nowhere else."""

    name = "postloan.desk.disposal"
    label = "disposal"

    def ready(self) -> None:
        """Make its lists, words, exceptions and what is under way known, and what it hands over with a day."""
        from postloan.desk.collection.court.taking import register_taker  # noqa: PLC0415
        from postloan.desk.core.decisions.beside import register_beside  # noqa: PLC0415
        from postloan.desk.core.decisions.rows import rows_beside  # noqa: PLC0415
        from postloan.desk.core.legal_events import COLUMNS, TABLE  # noqa: PLC0415
        from postloan.desk.disposal import (  # noqa: PLC0415 - register when imported
            case_lists,  # noqa: F401
            exceptional,  # noqa: F401
            lists,  # noqa: F401
            under_way,  # noqa: F401
            words,  # noqa: F401
        )
        from postloan.desk.disposal.opening.actions import court_take  # noqa: PLC0415

        register_taker(court_take)
        register_beside(rows_beside(TABLE, COLUMNS))
