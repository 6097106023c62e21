"""The site: where the rooms are put together; command line, settings, addresses."""
