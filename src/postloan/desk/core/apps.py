"""The core of the desk as a Django application."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Officers, offices, grants, decisions, audit."""

    name = "postloan.desk.core"
    label = "core"
