"""The collection desk as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """Cases of debtors that are past due."""

    name = "postloan.desk.collection"
    label = "collection"
