"""Asset preservation as a Django application."""

from django.apps import AppConfig


class PreservationConfig(AppConfig):
    """Hand-overs, routes, counsel, packages, repossessed assets and accountability."""

    name = "postloan.desk.preservation"
    label = "preservation"
