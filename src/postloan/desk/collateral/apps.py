"""Collateral as a Django application."""

from django.apps import AppConfig


class CollateralConfig(AppConfig):
    """Valuations, calls, custody and releases of collateral."""

    name = "postloan.desk.collateral"
    label = "collateral"

    def ready(self) -> None:
        """Make its lists known, and what it hands over with a day."""
        from postloan.desk.collateral import lists  # noqa: F401, PLC0415 - registers when imported
        from postloan.desk.collateral.given import COLLATERAL, VALUATION  # noqa: PLC0415
        from postloan.desk.core.decisions.beside import register_beside  # noqa: PLC0415
        from postloan.desk.core.decisions.rows import rows_beside  # noqa: PLC0415

        register_beside(rows_beside("collateral", COLLATERAL))
        register_beside(rows_beside("valuation", VALUATION))
