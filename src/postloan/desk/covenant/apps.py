"""Covenants as a Django application."""

from django.apps import AppConfig


class CovenantConfig(AppConfig):
    """Notices, waivers and cures of covenants, and uploads of statements."""

    name = "postloan.desk.covenant"
    label = "covenant"

    def ready(self) -> None:
        """Make its lists known, and what it hands over with a day."""
        from postloan.desk.core.decisions.beside import register_beside  # noqa: PLC0415
        from postloan.desk.core.decisions.rows import rows_beside  # noqa: PLC0415
        from postloan.desk.covenant import lists  # noqa: F401, PLC0415 - registers when imported
        from postloan.desk.covenant.statements.actions import COLUMNS  # noqa: PLC0415

        register_beside(rows_beside("statement", COLUMNS))
