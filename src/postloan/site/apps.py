"""The site as a Django application: the frame of every page, and what binds the desks together."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The frame around the desks."""

    name = "postloan.site"
    label = "site"
