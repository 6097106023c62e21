"""Decisions of the desk, one list of them all, and their withdrawal by people who agree to it."""
