"""Snapshots: results published once and read for ever."""
