"""Handing arrived events to the next night, as rows of the ordinary feed table."""
