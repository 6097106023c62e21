"""Judging an agency once a year, by weights that are data."""
